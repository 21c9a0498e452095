import type { CatalogEntry, Codes } from "./entry.ts";

/**
 * The codes of attachment, one for each condition reason: GW20 GatewayClass, GW21 Gateway, GW22 listeners of Gateways
 * and ListenerSets, GW23 ListenerSet, GW24 routes of all kinds, GW25 BackendTLSPolicy.
 */
export const routingCodes = {
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
  GW2401: {
    title: "Parent is not declared",
    explanation:
      "No source declares the Gateway or ListenerSet that the parentRef names, so nobody answers for the route.",
    fix: "Declare the parent, correct its name or namespace, or check together with the file that declares it.",
    reason: "NoMatchingParent",
  },
  GW2402: {
    title: "Parent is of a kind that takes no routes here",
    explanation:
      "Routes attach to Gateways and ListenerSets. A Service as a parent is for service meshes and left to them.",
    fix: "Name a Gateway or a ListenerSet, unless a mesh answers for this parent.",
  },
  GW2403: {
    title: "Parent has no listener of that name or port",
    explanation: "sectionName and port of a parentRef choose among the parent's listeners; none is left.",
    fix: "Use the name or port of a listener of that parent, or leave sectionName and port out.",
    reason: "NoMatchingParent",
  },
  GW2404: {
    title: "No listener of the parent allows the route",
    explanation:
      "A listener admits routes of the kinds and namespaces that its allowedRoutes names: by default those of its own namespace, of the kinds that fit its protocol.",
    fix: "Let allowedRoutes of the listener admit the route, or attach it elsewhere.",
    reason: "NotAllowedByListeners",
  },
  GW2405: {
    title: "No hostname of the route fits a listener",
    explanation: "A route with hostnames attaches to a listener with a hostname only if some name matches both.",
    fix: "Use a hostname that the listener covers.",
    reason: "NoMatchingListenerHostname",
  },
  GW2406: {
    title: "Rule uses a value that is not supported",
    explanation:
      "A rule that cannot be honoured as it is written is dropped, and only that rule; a route with no other rule is refused.",
    fix: "Change the value.",
    reason: "UnsupportedValue",
  },
  GW2407: {
    title: "Filters of a rule exclude each other",
    explanation: "A redirect answers the request itself, so nothing is left for a rewrite to change.",
    fix: "Keep one of the filters.",
    reason: "IncompatibleFilters",
  },
  GW2408: {
    title: "Field is not enforced",
    explanation:
      "The API has the field as an extended feature, which the proxy does not have. Traffic flows as if it were not there.",
    fix: "Do not rely on it.",
  },
  GW2475: {
    title: "Regular expression is too large",
    explanation:
      "A repetition such as `[ab]{900}` is written out when the expression is compiled, and every character of a request then follows up to as many alternatives as the program has instructions. An expression may compile to 768 instructions more than it has characters, and all expressions of a route together to 65,536. A rule with a larger one is dropped, and only that rule; a route with no other rule is refused. Under a class of another controller the rule is kept, and the match matches no request in explain, simulate and plan.",
    fix: "Repeat with * or +, with smaller counts, or match another part of the request.",
    reason: "UnsupportedValue",
  },
  GW2411: {
    title: "Backend is in another namespace, without a grant",
    explanation:
      "A reference into another namespace holds only if a ReferenceGrant of that namespace allows it. Its share of the traffic is answered 500.",
    fix: "Add a ReferenceGrant to the backend's namespace.",
    reason: "RefNotPermitted",
  },
  GW2412: {
    title: "Reference is of a kind that is not supported",
    explanation: "Backends are Services and ServiceImports. The share of traffic of any other is answered 500.",
    fix: "Name a Service or a ServiceImport.",
    reason: "InvalidKind",
  },
  GW2413: {
    title: "Backend does not exist",
    explanation:
      "No Service or ServiceImport of that name is declared, or it does not have that port. Its share of the traffic is answered 500.",
    fix: "Declare it, or correct name, namespace and port.",
    reason: "BackendNotFound",
  },
  GW2414: {
    title: "Backend speaks a protocol that the route cannot use",
    explanation:
      "appProtocol or protocol of the Service port does not fit this kind of route, or a BackendTLSPolicy asks for what the proxy cannot do.",
    fix: "Use a port that fits, or correct its appProtocol.",
    reason: "UnsupportedProtocol",
  },
  GW2415: {
    title: "Filter is of a kind that nobody registers",
    explanation:
      "An ExtensionRef names an object of a kind that the implementation knows. Here that is a kind for which a module of the sources, or of `--filters`, registers a filter. A filter that is not known is never skipped: requests that come to it are answered 500. Under classes of other controllers such a kind is GW2420.",
    fix: "Register the filter: name its module with --filters, or export it from a program (`export const filters`). Or correct group and kind.",
    reason: "InvalidKind",
  },
  GW2416: {
    title: "Object of a filter does not exist",
    explanation:
      "The filter's kind is registered, and the route's namespace has no valid object of this kind and name. An ExtensionRef never leads into another namespace. Requests that come to the filter are answered 500.",
    fix: "Declare the object in the route's namespace, correct it if it is refused, or correct the name.",
    reason: "BackendNotFound",
  },
  GW2420: {
    title: "Filter is of a kind that only the controller of the class knows",
    explanation:
      "The route names a filter by extensionRef. Its Gateway is of a class of another controller, or of one that no source declares, and no filter is registered for the kind here. What the filter does is not known, so requests are followed as if it let them pass unchanged. explain, simulate, plan and graph say so.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
  GW2421: {
    title: "Backend is of a kind that only the controller of the class knows",
    explanation:
      "The API leaves backends other than Service and ServiceImport to implementations, as well as Services of type ExternalName and the protocols that appProtocol may name. Under a class of another controller, or one that no source declares, such a backend takes its share of the traffic.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
  GW2422: {
    title: "Rule uses a value that only the controller of the class knows",
    explanation:
      "The API leaves the dialect of regular expressions and some types of filters and matches to implementations. Under a class of another controller, or one that no source declares, the rule is kept. A match that cannot be evaluated here matches no request in explain, simulate and plan.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
  GW2431: {
    title: "Route without parentRefs",
    explanation:
      "A route gets requests through the Gateways, ListenerSets or Services that its parentRefs name. Without any it is valid, but attached to nothing: no controller writes a status for it, and no request reaches it. Routes that a Gateway binds by labels (`gateway.selectRoutes`) get their parentRefs when the program is run.",
    fix: "Add the Gateway to parentRefs, or give the route the labels that a Gateway selects.",
  },
  GW2430: {
    title: "Namespace is not declared, and is taken to have the labels that a selector asks for",
    explanation:
      "allowedRoutes of the listener, or allowedListeners of the Gateway, selects namespaces by their labels, and no source declares this Namespace. A part of a whole seldom does, so the namespace is taken to match, and the handshake goes on: what else is wrong with the route or ListenerSet is found, and check, explain, simulate, plan and dev answer as if it is attached. In a cluster, where all namespaces are known, their labels decide. `--strict` takes the Namespace as missing.",
    fix: "Nothing, if the namespace has such labels in the cluster. To have them checked, add the Namespace to the sources.",
  },
  GW2501: {
    title: "Target of the policy does not exist",
    explanation: "No Service of that name is declared, or none of its ports has the name in sectionName.",
    fix: "Correct targetRefs.",
    reason: "TargetNotFound",
  },
  GW2502: {
    title: "Another policy governs the same target",
    explanation:
      "Of several BackendTLSPolicies for one Service and port the oldest counts, then the first by namespace and name.",
    fix: "Remove one of them, or let each name another port in sectionName.",
    reason: "Conflicted",
  },
  GW2503: {
    title: "Policy uses what is not supported",
    explanation:
      "The policy governs Services of the core group and trusts CA certificates of its own or the machine's (System).",
    fix: "Use a supported value.",
    reason: "Invalid",
  },
  GW2504: {
    title: "Policy has no CA certificate that can be used",
    explanation: "None of its references to CA certificates resolves, so connections to the backend fail.",
    fix: "Correct at least one of the references.",
    reason: "NoValidCACertificate",
  },
  GW2505: {
    title: "CA certificate of the policy cannot be used",
    explanation:
      "caCertificateRefs must name ConfigMaps, or Secrets of type kubernetes.io/tls or Opaque, with PEM certificates in ca.crt.",
    fix: "Declare the object, correct its contents, or correct the reference.",
    reason: "InvalidCACertificateRef",
  },
  GW2506: {
    title: "CA certificate of the policy is in an object of a kind that is not read",
    explanation: "caCertificateRefs may name ConfigMaps and Secrets of the core group.",
    fix: "Put the certificate into a ConfigMap, under the key ca.crt.",
    reason: "InvalidKind",
  },
  GW2520: {
    title: "Policy uses what only the controller of the class knows",
    explanation:
      "The API leaves targets other than Service, kinds of CA certificates other than ConfigMap, and sets of CA certificates with a domain of their own to implementations. No Gateway of Gatewright's own class reaches a target of the policy here, so they are taken as they are.",
    fix: "Nothing, if the controller of the class knows it. Otherwise correct it.",
  },
} as const satisfies Codes;

export type RoutingCode = keyof typeof routingCodes;

/** The condition reason for a code. */
export function reasonOf(code: RoutingCode): string | undefined {
  const entry: CatalogEntry = routingCodes[code];
  return entry.reason;
}
