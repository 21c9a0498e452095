import type { Codes } from "./entry.ts";

/** The codes of schema validation: GW11xx for structure, GW12xx for the CRDs' CEL rules. */
export const schemaCodes: Codes = {
  GW1101: {
    title: "Unknown field",
    explanation:
      "The kind has no such field. The API server drops it in silence, or refuses the object under strict validation, " +
      "so what it was meant to do would not happen.",
    fix: "Correct the name; the finding suggests the nearest one. Remove the field if it is of another version.",
  },
  GW1102: {
    title: "A required field is missing",
    explanation: "The CRD lists the field under `required`, and it has no default.",
    fix: "Add the field.",
  },
  GW1103: {
    title: "A value of the wrong type",
    explanation:
      "The CRD gives the field another type. Numbers and booleans in quotes are strings to Kubernetes, and numbers have no fractions.",
    fix: "Write a value of the type that the finding names.",
  },
  GW1104: {
    title: "None of the allowed values",
    explanation: "The field takes one of a fixed set of values; case counts.",
    fix: "Use one of the values listed.",
  },
  GW1105: {
    title: "A value of the wrong form",
    explanation: "The CRD gives the field a pattern, such as that of DNS names, kinds, header names or durations.",
    fix: "Write the value in the form that the finding describes.",
  },
  GW1106: {
    title: "A number out of range",
    explanation: "The CRD limits the number, as for ports (1 to 65535) and weights (0 to 1,000,000).",
    fix: "Use a number in the range that the finding names.",
  },
  GW1107: {
    title: "Too many or too few",
    explanation: "The CRD limits the number of characters, of items of a list or of entries of a map.",
    fix: "Stay within the limit; spread what does not fit over several objects.",
  },
  GW1108: {
    title: "A duplicate entry",
    explanation:
      "The list is a set, or its items are told apart by a key (`x-kubernetes-list-type`), and two are the same.",
    fix: "Remove one of the two, or merge them.",
  },
  GW1109: {
    title: "A field or version of the experimental channel",
    explanation:
      "Clusters have the CRDs of the standard channel unless somebody chose otherwise; there the field is unknown or the version is not served.",
    fix: "Ask for it with `--channel experimental` where the cluster has those CRDs, or do without.",
  },
  GW1110: {
    title: "Not checked yet",
    explanation:
      "A rule reads a value that becomes known only later, such as a Pulumi Output. It is checked when the value is known; everything else has been checked.",
    fix: "Nothing needs to be done.",
  },
  GW1170: {
    title: "Values that become known later",
    explanation:
      "The program gives late values, such as Pulumi Outputs. In messages, pictures and JSON each is a text of its own, " +
      "`(late 1)`, `(late 2)` and so on; the note says where each stands. A late value equals itself and nothing else. What " +
      "depends on one is a note (GW1110) in place of an error, and nothing in the program gets advice.",
    fix: "Nothing needs to be done: the engine that knows the values checks them when it deploys the program.",
  },
  GW1171: {
    title: "A plan without objects with late values",
    explanation:
      "A plan compares the traffic of two configurations. Where a hostname or a backend becomes known only later, so does " +
      "the traffic: the object is left out on both sides, with a note. An object whose own name or namespace is late " +
      "cannot be found on the other side, so that no plan is made.",
    fix: "Give plain names and namespaces where the plan is made, or let the engine show the plan: `pulumi preview` does.",
  },
  GW1172: {
    title: "A late value that has become text",
    explanation:
      "A Pulumi Output in a template literal, or joined to a text, becomes a text of Pulumi that says so, and the value is " +
      "lost. The text would be deployed as the value of this field.",
    fix: "Use `pulumi.interpolate` in front of the template literal, or `output.apply((value) => …)`.",
  },
  GW1173: {
    title: "A port that is known later cannot be served",
    explanation:
      "`gatewright dev` and `gatewright proxy` open the ports of listeners. The program gives a late value as a port, such " +
      "as a Pulumi Output, so that the Gateway or ListenerSet is left out. Other late values are served as names that " +
      "nothing else has.",
    fix: "Give the plain port where the program is served.",
  },
  GW1111: {
    title: "An object that the schema of its filter refuses",
    explanation:
      "A registered filter (`defineFilter`) checks the `spec` of its objects with a schema of its own. An object that it " +
      "refuses is left out, so that requests which come to the filter are answered 500; `dev` keeps the last version that " +
      "was valid.",
    fix: "Correct the field that the finding names.",
  },
  GW1201: {
    title: "A path that cannot be matched literally",
    explanation:
      "Exact and PathPrefix matches compare normalized paths: absolute, without `//`, dot segments, encoded slashes, fragments or characters outside RFC 3986.",
    fix: "Write the path in normalized form, or match by RegularExpression.",
  },
  GW1210: {
    title: "A Service without a port",
    explanation: "A Service may have several ports, so a reference to it as backend names one.",
    fix: "Add the port of the Service, not of its pods.",
  },
  GW1211: {
    title: "An XBackend with a port",
    explanation: "An XBackend of the experimental group says itself which port is used.",
    fix: "Remove the port from the reference.",
  },
  GW1220: {
    title: "A path modifier whose type and field disagree",
    explanation: "ReplaceFullPath goes with `replaceFullPath`, ReplacePrefixMatch with `replacePrefixMatch`.",
    fix: "Set the field that belongs to the type, and no other.",
  },
  GW1221: {
    title: "A mirror with a contradictory share",
    explanation: "The share of mirrored requests is a percentage or a fraction of at most one, never both.",
    fix: "Keep one of `percent` and `fraction`; the numerator is at most the denominator.",
  },
  GW1222: {
    title: "A wildcard beside other values",
    explanation: "In the lists of a CORS filter `*` allows everything, so it stands alone.",
    fix: "Keep `*` alone, or list what is allowed.",
  },
  GW1223: {
    title: "External authorization whose protocol and field disagree",
    explanation: "The protocol HTTP goes with `http`, GRPC with `grpc`.",
    fix: "Set the field that belongs to the protocol, and no other.",
  },
  GW1224: {
    title: "A filter whose type and field disagree",
    explanation: "A filter has one field beside its type: the one that bears the type's name.",
    fix: "Set the field that belongs to the type, and put other filters into entries of their own.",
  },
  GW1225: {
    title: "A filter that may not be repeated",
    explanation: "A list of filters has at most one of each of these types, since their order would not be clear.",
    fix: "Merge the filters into one.",
  },
  GW1226: {
    title: "Redirect and rewrite together",
    explanation: "A redirected request is answered at once; nothing of it is left to rewrite.",
    fix: "Keep one of the two filters, or use two rules.",
  },
  GW1227: {
    title: "Redirect and backends together",
    explanation: "A rule that redirects answers every request itself, so its backends would never be asked.",
    fix: "Remove the backends, or move the redirect into a rule of its own.",
  },
  GW1228: {
    title: "A prefix to replace that is not known",
    explanation:
      "replacePrefixMatch replaces the prefix of the rule's match, so there must be exactly one, of type PathPrefix.",
    fix: "Give each prefix a rule of its own, or use ReplaceFullPath.",
  },
  GW1229: {
    title: "An attempt that may outlast its request",
    explanation:
      "The request timeout covers every attempt at a backend, so a longer backendRequest timeout has no effect (GEP-1742).",
    fix: "Lower `backendRequest`, raise `request`, or set `request` to 0s for none.",
  },
  GW1230: {
    title: "References to one parent that cannot be told apart",
    explanation:
      "A route may refer to several listeners of one parent if every reference names a different sectionName or port.",
    fix: "Add sectionName or port to each, or keep one reference.",
  },
  GW1231: {
    title: "Two rules with one name",
    explanation: "Names of rules are how policies and metrics refer to them, so they are unique in a route.",
    fix: "Rename one of the rules.",
  },
  GW1232: {
    title: "Too many matches in one route",
    explanation: "All rules of a route together may have 128 matches.",
    fix: "Spread the rules over several routes.",
  },
  GW1233: {
    title: "Session persistence that contradicts itself",
    explanation:
      "The type Cookie goes with `cookie`, Header with `header`; a permanent cookie needs an absolute timeout (GEP-1619).",
    fix: "Set the field that belongs to the type, and the timeout.",
  },
  GW1234: {
    title: "A gRPC method that cannot be matched",
    explanation: "A match names a service, a method or both; exact ones are protobuf names.",
    fix: "Write the full name of the service, or use the type RegularExpression.",
  },
  GW1235: {
    title: "A hostname that no TLS client sends",
    explanation: "Clients put DNS names into SNI: no addresses, and a wildcard stands for whole labels at the front.",
    fix: "Write a DNS name, or `*.` and a DNS name.",
  },
  GW1240: {
    title: "TLS termination without a certificate",
    explanation:
      "A listener that terminates TLS shows a certificate; it comes from `certificateRefs` or from the implementation's options.",
    fix: "Add a Secret of type kubernetes.io/tls to `certificateRefs`.",
  },
  GW1241: {
    title: "Filters on a listener that does not read HTTP",
    explanation: "Only HTTP and HTTPS listeners see requests that could be filtered.",
    fix: "Remove the filters, or change the protocol.",
  },
  GW1242: {
    title: "A listener whose protocol and fields disagree",
    explanation:
      "HTTPS terminates TLS, TLS says whether it terminates or passes through, HTTP, TCP and UDP have no TLS, and TCP and UDP carry no hostname.",
    fix: "Change the protocol, or the field that the finding names.",
  },
  GW1243: {
    title: "Listeners that cannot be told apart",
    explanation: "Listeners differ by name, and by port, protocol and hostname together.",
    fix: "Change one of them, or merge them.",
  },
  GW1244: {
    title: "An address that cannot be asked for",
    explanation: "Requested addresses differ from each other, and their values fit their types.",
    fix: "Correct or remove the address.",
  },
  GW1245: {
    title: "A key that no label or annotation can have",
    explanation: "Keys are a name of at most 63 characters, after an optional DNS domain and a slash.",
    fix: "Rename the key.",
  },
  GW1246: {
    title: "A namespace on a cluster-wide object",
    explanation: "A ClusterTrustBundle belongs to the whole cluster.",
    fix: "Remove the namespace from the reference.",
  },
  GW1247: {
    title: "Two TLS configurations for one port",
    explanation: "`tls.frontend.perPort` has one entry for each port.",
    fix: "Merge the entries.",
  },
  GW1248: {
    title: "A field that cannot be changed",
    explanation: "The API server refuses a change of this field on an object that exists.",
    fix: "Make a new object under another name, and move its users over.",
  },
  GW1250: {
    title: "References to one target that cannot be told apart",
    explanation: "A policy may refer to several ports of one Service if every reference names a different sectionName.",
    fix: "Add sectionName to each, or keep one reference.",
  },
  GW1251: {
    title: "Not exactly one source of trust",
    explanation:
      "A BackendTLSPolicy trusts the authorities of `caCertificateRefs` or the well-known ones, and one of the two must be given.",
    fix: "Set one of `caCertificateRefs` and `wellKnownCACertificates`.",
  },
  GW1252: {
    title: "A subject alternative name whose type and field disagree",
    explanation: "The type Hostname goes with `hostname`, URI with `uri`.",
    fix: "Set the field that belongs to the type, and no other.",
  },
  GW1257: {
    title: "An XBackend contradicts itself",
    explanation:
      "`externalHostname` and `endpointSelector` go with the type of their name, TLS with the protocols HTTP2 and WSS and not with H2C, `clientCertificateRef` and `validation` with the modes that need them.",
    fix: "Change the field that the finding names.",
  },
  GW1258: {
    title: "An interval of a retry budget out of range",
    explanation: "The interval of a budget is 1s to 1h; that of `minRetryRate` more than 0s and at most 1h.",
    fix: "Use an interval in the range that the finding names.",
  },
  GW1259: {
    title: "An XTelemetryPolicy contradicts itself",
    explanation:
      "A policy says something; with the mode Enabled tracing has a provider, and its other settings go with that mode only; an attribute has the one field of its `sourceType`; no more requests are sampled than there are.",
    fix: "Change the field that the finding names.",
  },
  GW1255: {
    title: "Metadata that excludes itself or is too large",
    explanation:
      "The API server allows one owner with `controller: true`, no Event as an owner, one of the finalizers `orphan` and " +
      "`foregroundDeletion`, and 256 KiB of annotations.",
    fix: "Change the metadata as the finding says.",
  },
};
