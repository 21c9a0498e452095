/** By a field's name of today: what older versions called the field that became it. */
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
