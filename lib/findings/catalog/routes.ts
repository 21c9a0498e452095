import type { Codes } from "./entry.ts";

/** The codes of attachment for routes of all kinds (GW24) and for BackendTLSPolicy (GW25), one for each condition reason. */
export const routeCodes = {
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
