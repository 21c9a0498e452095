/** The controller of this project, by the name that it has unless an installation gives it another. */
export const ownControllerName = "gatewright.dev/gateway-controller";

/** `routability` of an address that is reached inside the cluster alone (GEP-5093). */
export const clusterRoutability = "Cluster";

/** Kept by GEP-5093 for tests: an address by default, of which this is told. */
export const sentinelRoutability = "testing.x-k8s.io/sentinel";

/** Where addresses that it gives can be reached from; empty is the default. */
export const ownRoutabilities: readonly string[] = ["", clusterRoutability, sentinelRoutability];

/** The protocols of listeners that its proxies serve, of those that the standard has. */
export const ownProtocols = ["HTTP", "HTTPS"] as const;
