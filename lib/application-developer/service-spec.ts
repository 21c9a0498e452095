import type { Late } from "../api/declared/late.ts";

/** A port of a Service (core/v1 ServicePort). */
export interface ServicePort {
  /** Needed when there are several ports. */
  readonly name?: string;
  /** 1 to 65535: what routes name. */
  readonly port: Late<number>;
  /** Number or name of the port of the Pods. By default the same as `port`. */
  readonly targetPort?: Late<number> | Late<string>;
  /** By default `TCP`. */
  readonly protocol?: "TCP" | "UDP" | "SCTP";
  /** What is spoken behind the port, such as `kubernetes.io/h2c` or `kubernetes.io/ws` (KEP-3726). By default nothing is said. */
  readonly appProtocol?: string;
  /** Of types NodePort and LoadBalancer. By default one is chosen. */
  readonly nodePort?: Late<number>;
}

/** The spec of a Service (core/v1 ServiceSpec). */
export interface ServiceSpec {
  /** Labels of the Pods behind the Service. By default none: its EndpointSlices are somebody else's to write. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  /** By default `ClusterIP`. */
  readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** `None` makes a headless Service. By default an address is chosen. */
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  /** DNS name, of type ExternalName. Not every Gateway controller sends traffic there. */
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
