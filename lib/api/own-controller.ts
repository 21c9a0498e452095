/** The controller of this project, by the name that it has unless an installation gives it another. */
export const ownControllerName = "gatewright.dev/gateway-controller";

/** The protocols of listeners that its proxies serve, of those that the standard has. */
export const ownProtocols = ["HTTP", "HTTPS"] as const;
