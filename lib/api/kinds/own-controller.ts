/** The default name of Gatewright's controller. */
export const ownControllerName = "gatewright.dev/gateway-controller";

/** The `routability` of an address that is reachable only inside the cluster (GEP-5093). */
export const clusterRoutability = "Cluster";

/** A routability that GEP-5093 reserves for tests. The address is a default one with this value. */
export const sentinelRoutability = "testing.x-k8s.io/sentinel";

/** The routabilities that Gatewright's controller supports. Empty means the default. */
export const ownRoutabilities: readonly string[] = ["", clusterRoutability, sentinelRoutability];

/** The Gateway API's listener protocols that Gatewright's proxy serves. */
export const ownProtocols = ["HTTP", "HTTPS"] as const;
