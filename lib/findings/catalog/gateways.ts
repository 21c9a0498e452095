import type { Codes } from "./entry.ts";

/**
 * The codes of attachment for what routes attach to, one for each condition reason: GW20 GatewayClass, GW21 Gateway, GW22
 * listeners of Gateways and ListenerSets, GW23 ListenerSet.
 */
export const gatewayCodes = {
  GW2001: {
    title: "GatewayClass parameters cannot be used",
    explanation:
      "parametersRef names an object that does not exist, or one that the controller of this class does not read. Gatewright's own reads GatewayParameters, and ConfigMaps with valid settings under the key parameters.yaml.",
    fix: "Declare the object, correct the reference, or remove parametersRef.",
    reason: "InvalidParameters",
  },
  GW2101: {
    title: "GatewayClass is not declared",
    explanation:
      "Nobody answers for a Gateway whose class does not exist: it stays as it is, Accepted Unknown with reason Pending, and opens no port.",
    fix: "Declare the GatewayClass, or set gatewayClassName to one that is there.",
    reason: "Pending",
  },
  GW2102: {
    title: "GatewayClass is not accepted",
    explanation: "The controller has refused the class, so it does not serve the Gateways of that class.",
    fix: "Correct what the GatewayClass is refused for.",
    reason: "Pending",
  },
  GW2103: {
    title: "Gateway parameters cannot be used",
    explanation:
      "infrastructure.parametersRef names an object that does not exist, or one that the controller does not read. Gatewright's own reads GatewayParameters, and ConfigMaps with valid settings under the key parameters.yaml. What the Gateway's proxies serve until then stays.",
    fix: "Declare the object in the Gateway's namespace, correct the reference, or remove it.",
    reason: "InvalidParameters",
  },
  GW2104: {
    title: "Address type is not supported",
    explanation: "spec.addresses asks for an address of a type that the controller cannot give.",
    fix: "Ask for an IPAddress or a Hostname, or for no address at all.",
    reason: "UnsupportedAddress",
  },
  GW2105: {
    title: "No listener of the Gateway can be served",
    explanation:
      "Every listener is refused, each for a reason of its own, so that the Gateway as a whole is not accepted.",
    fix: "Correct at least one of the listeners.",
    reason: "ListenersNotValid",
  },
  GW2106: {
    title: "Client certificate of the Gateway cannot be used",
    explanation:
      "tls.backend.clientCertificateRef must name a Secret of type kubernetes.io/tls with a certificate in tls.crt and its key in tls.key. Without it, backends that ask for a client certificate refuse the Gateway.",
    fix: "Declare the Secret, correct its contents, or correct the reference.",
    reason: "InvalidClientCertificateRef",
  },
  GW2107: {
    title: "Client certificate is in another namespace, without a grant",
    explanation: "A reference into another namespace holds only if a ReferenceGrant of that namespace allows it.",
    fix: "Add a ReferenceGrant from Gateways of this namespace to that Secret, in the Secret's namespace.",
    reason: "RefNotPermitted",
  },
  GW2108: {
    title: "Client certificates are not enforced",
    explanation:
      "With mode AllowInsecureFallback a client is let in without a certificate, or with one that does not verify. The Gateway says so in the condition InsecureFrontendValidationMode.",
    fix: "Set the mode to AllowValidOnly outside of tests.",
    reason: "ConfigurationChanged",
  },
  GW2109: {
    title: "A listener of the Gateway has references that do not resolve",
    explanation: "The Gateway's ResolvedRefs condition sums up those of its listeners.",
    fix: "Correct the references of the listener.",
    reason: "ListenersNotResolved",
  },
  GW2110: {
    title: "Address of this routability is not given",
    explanation:
      "spec.addresses asks for an address that is reached from somewhere the controller has none for. Nothing is given in its stead, and the Gateway says so in the condition AddressesAssigned; with no other address it is not Programmed.",
    fix: "Ask for an IPAddress with routability Cluster, or leave routability out.",
    reason: "NotAssigned",
  },
  GW2120: {
    title: "Gateway uses what only the controller of its class knows",
    explanation:
      "The class names a controller that is not Gatewright's, or no source declares the class. Address types with a domain of their own and certificates in kinds other than Secret and ConfigMap are its controller's to understand. They are taken as they are.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
  GW2201: {
    title: "Protocol is not served",
    explanation: "The proxy behind this Gateway does not speak the listener's protocol.",
    fix: "Use a protocol that it serves, or another GatewayClass.",
    reason: "UnsupportedProtocol",
  },
  GW2202: {
    title: "Port cannot be opened",
    explanation: "The proxy needs this port for itself, or something else holds it.",
    fix: "Use another port.",
    reason: "PortUnavailable",
  },
  GW2203: {
    title: "Listeners on one port with protocols that exclude each other",
    explanation:
      "A connection to a port must lead to exactly one listener. TCP takes every connection to its port, and clear text cannot share a port with TLS. All listeners in such a conflict are refused; against a Gateway or an older ListenerSet only the later listener is.",
    fix: "Give one of the listeners another port.",
    reason: "ProtocolConflict",
  },
  GW2204: {
    title: "Listeners on one port with the same hostname",
    explanation:
      "Nothing would tell their requests apart. The first one, of the Gateway or of the oldest ListenerSet, stays.",
    fix: "Give one of the listeners another hostname or another port.",
    reason: "HostnameConflict",
  },
  GW2205: {
    title: "Listener allows kinds of route that it cannot carry",
    explanation: "allowedRoutes.kinds may list only kinds of route that fit the listener's protocol.",
    fix: "Remove the kind, or change the protocol.",
    reason: "InvalidRouteKinds",
  },
  GW2206: {
    title: "Certificate of a listener cannot be used",
    explanation:
      "certificateRefs must name Secrets of type kubernetes.io/tls with a PEM certificate in tls.crt and its private key in tls.key. A listener without any usable certificate opens no port.",
    fix: "Declare the Secret, correct its contents, or correct the reference.",
    reason: "InvalidCertificateRef",
  },
  GW2207: {
    title: "Reference of a listener leads into another namespace, without a grant",
    explanation: "A reference into another namespace holds only if a ReferenceGrant of that namespace allows it.",
    fix: "Add a ReferenceGrant to the other namespace.",
    reason: "RefNotPermitted",
  },
  GW2208: {
    title: "CA certificates for clients cannot be used",
    explanation:
      "caCertificateRefs must name ConfigMaps, or Secrets of type kubernetes.io/tls or Opaque, with PEM certificates in ca.crt.",
    fix: "Declare the object, correct its contents, or correct the reference.",
    reason: "InvalidCACertificateRef",
  },
  GW2209: {
    title: "CA certificates for clients are in an object of a kind that is not read",
    explanation: "caCertificateRefs may name ConfigMaps and Secrets of the core group.",
    fix: "Put the certificates into a ConfigMap, under the key ca.crt.",
    reason: "InvalidCACertificateKind",
  },
  GW2210: {
    title: "No CA certificate to validate clients with",
    explanation:
      "The Gateway wants the clients of this listener validated, and none of the references to CA certificates resolves. The listener is refused rather than open to everybody.",
    fix: "Correct at least one of the references under spec.tls.frontend.",
    reason: "NoValidCACertificate",
  },
  GW2211: {
    title: "Listener uses a value that is not supported",
    explanation:
      "The listener asks for something that the proxy would have to ignore, or for TLS options that it does not have. It is refused rather than served with less than it asks for.",
    fix: "Remove the field.",
    reason: "UnsupportedValue",
  },
  GW2212: {
    title: "TLS listeners on one port with overlapping hostnames",
    explanation:
      "A client that reuses a connection for another name (HTTP/2 connection coalescing) may reach the TLS settings of one listener with requests meant for the other.",
    fix: "Use certificates that do not cover each other's names, or separate ports.",
    reason: "OverlappingHostnames",
  },
  GW2220: {
    title: "Listener uses what only the controller of its class knows",
    explanation:
      "The class names a controller that is not Gatewright's, or no source declares the class. A protocol, a kind of route, a certificate or a filter that the Gateway API leaves to implementations is taken as it is, and routes attach to the listener.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
  GW2301: {
    title: "Gateway of a ListenerSet is not declared",
    explanation: "Nobody answers for a ListenerSet whose Gateway does not exist.",
    fix: "Declare the Gateway, or correct spec.parentRef.",
    reason: "Pending",
  },
  GW2302: {
    title: "Gateway does not admit the ListenerSet",
    explanation:
      "allowedListeners of the Gateway says from which namespaces it takes ListenerSets: from none, by default.",
    fix: "Let the Gateway's allowedListeners.namespaces admit the namespace.",
    reason: "NotAllowed",
  },
  GW2303: {
    title: "Gateway of the ListenerSet is not accepted",
    explanation: "Listeners can be added only to a Gateway that is served.",
    fix: "Correct what the Gateway is refused for.",
    reason: "ParentNotAccepted",
  },
  GW2304: {
    title: "No listener of the ListenerSet can be served",
    explanation: "Every listener is refused or lacks its certificate, each for a reason of its own.",
    fix: "Correct at least one of the listeners.",
    reason: "ListenersNotValid",
  },
} as const satisfies Codes;
