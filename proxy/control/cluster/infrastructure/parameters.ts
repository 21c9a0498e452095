/** Settings of a Gateway's proxies: those of its class, then those of its own `infrastructure.parametersRef` over them. */
export interface Parameters {
  /** Proxies. Default: 2, so that one may go. */
  readonly replicas: number;
  /** The image of the proxy. Default: that of the controller. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly resources: Resources;
  readonly service: {
    /** Default: LoadBalancer. */
    readonly type: "LoadBalancer" | "NodePort" | "ClusterIP";
    readonly annotations?: Readonly<Record<string, string>>;
    /** `Local` keeps the addresses of clients, and sends nothing to nodes without a proxy. Default: Cluster. */
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly loadBalancerClass?: string;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  /** Further arguments of `gatewright proxy`, such as those of its access log and its limits. */
  readonly arguments?: readonly string[];
  /** Seconds for which a proxy that is to end is still sent new connections. Default: 10. */
  readonly drainDelay: number;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export const defaultParameters: Omit<Parameters, "image"> = {
  replicas: 2,
  // No limit of CPU: a proxy that is throttled is slow for everybody.
  resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  service: { type: "LoadBalancer" },
  drainDelay: 10,
};
