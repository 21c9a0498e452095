/** The names of a field in older versions, by its current name. */
export const formerNames: Readonly<Record<string, readonly string[]>> = {
  controllerName: ["controller"],
  allowedRoutes: ["routes"],
  kinds: ["kind"],
  certificateRefs: ["certificateRef"],
  parentRefs: ["gateways"],
  backendRefs: ["forwardTo"],
  name: ["serviceName"],
  hostnames: ["matches"],
  targetRefs: ["targetRef", "backendRefs"],
  validation: ["tls"],
  caCertificateRefs: ["caCertRefs", "certificateAuthorityRef"],
  wellKnownCACertificates: ["wellKnownCACerts"],
};
