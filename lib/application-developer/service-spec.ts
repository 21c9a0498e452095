import type { Late } from "../api/declared/late.ts";

/** A port of a Service (core/v1 ServicePort). */
export interface ServicePort {
  /** Required if the Service has several ports. */
  readonly name?: string;
  /** The port that routes name, 1 to 65535. */
  readonly port: Late<number>;
  /** Number or name of the pods' port. Default: equal to `port`. */
  readonly targetPort?: Late<number> | Late<string>;
  /** Default: `TCP`. */
  readonly protocol?: "TCP" | "UDP" | "SCTP";
  /** The application protocol, such as `kubernetes.io/h2c` or `kubernetes.io/ws` (KEP-3726). Default: unspecified. */
  readonly appProtocol?: string;
  /** For types NodePort and LoadBalancer. Default: the cluster assigns one. */
  readonly nodePort?: Late<number>;
}

/** The spec of a Service (core/v1 ServiceSpec). */
export interface ServiceSpec {
  /** Labels of the pods behind the Service. Default: none, so Kubernetes does not write its EndpointSlices. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  /** Default: `ClusterIP`. */
  readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** `None` makes a headless Service. Default: the cluster assigns an address. */
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  /** The DNS name for type ExternalName. Not every Gateway controller supports such Services. */
  readonly externalName?: Late<string>;
  readonly externalIPs?: readonly string[];
  readonly externalTrafficPolicy?: "Cluster" | "Local";
  readonly internalTrafficPolicy?: "Cluster" | "Local";
  readonly trafficDistribution?: string;
  readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
  readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly healthCheckNodePort?: number;
  readonly publishNotReadyAddresses?: boolean;
  readonly sessionAffinity?: "None" | "ClientIP";
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
}
