import type { AnyObject } from "../../../../lib/api/declared/declared.ts";

/** A manifest that both judges have to refuse, at the given field. */
export interface Refused {
  readonly what: string;
  readonly object: AnyObject;
  readonly field: string;
}

const metadata = { name: "refused", namespace: "default" };
const gatewayGroup = "gateway.networking.k8s.io";

const objectOf = (kind: string, spec: object, version = "v1"): AnyObject => ({
  apiVersion: `${gatewayGroup}/${version}`,
  kind,
  metadata,
  spec: spec as Record<string, unknown>,
});

const listener = { name: "http", port: 80, protocol: "HTTP" };
const gateway = (...listeners: readonly object[]) =>
  objectOf("Gateway", { gatewayClassName: "any", listeners: listeners.map((own) => ({ ...listener, ...own })) });
const gatewayWith = (spec: object) => objectOf("Gateway", { gatewayClassName: "any", listeners: [listener], ...spec });

const parentRefs = [{ name: "gateway" }];
const backend = { name: "service", port: 80 };
const rule = (own: object) => objectOf("HTTPRoute", { parentRefs, rules: [own] });
const match = (own: object) => rule({ matches: [own], backendRefs: [backend] });
const filter = (own: object) => rule({ filters: [own] });
const grpcRule = (own: object) => objectOf("GRPCRoute", { parentRefs, rules: [own] });
const policy = (validation: object) =>
  objectOf("BackendTLSPolicy", { targetRefs: [{ group: "", kind: "Service", name: "service" }], validation });

const times = (count: number, make: (index: number) => object) => Array.from({ length: count }, (_, i) => make(i));

const gatewayTable: readonly (readonly [string, AnyObject, string])[] = [
  ["no listeners", objectOf("Gateway", { gatewayClassName: "any", listeners: [] }), "spec.listeners"],
  ["no class", objectOf("Gateway", { listeners: [listener] }), "spec.gatewayClassName"],
  ["65 listeners", gateway(...times(65, (i) => ({ name: `l${i}`, port: i + 1 }))), "spec.listeners"],
  ["two listeners of one port, protocol and hostname", gateway({}, { name: "again" }), "spec.listeners"],
  ["a port of 0", gateway({ port: 0 }), "spec.listeners[0].port"],
  ["a port that is text", gateway({ port: "80" }), "spec.listeners[0].port"],
  ["a listener name in capitals", gateway({ name: "HTTP" }), "spec.listeners[0].name"],
  ["TLS settings on HTTP", gateway({ tls: { certificateRefs: [{ name: "a" }] } }), "spec.listeners"],
  ["TLS without its mode's certificates", gateway({ protocol: "HTTPS", tls: { mode: "Terminate" } }), "spec.listeners"],
  ["a hostname that is an address", gateway({ hostname: "10.0.0.1:80" }), "spec.listeners[0].hostname"],
  ["a wildcard in the middle", gateway({ hostname: "a.*.example.com" }), "spec.listeners[0].hostname"],
  [
    "namespaces chosen by a word of its own",
    gateway({ allowedRoutes: { namespaces: { from: "Some" } } }),
    "spec.listeners[0].allowedRoutes.namespaces.from",
  ],
  ["an address that is none", gatewayWith({ addresses: [{ type: "IPAddress", value: "1.2.3" }] }), "spec.addresses[0]"],
  [
    "the same address twice",
    gatewayWith({ addresses: times(2, () => ({ type: "IPAddress", value: "1.2.3.4" })) }),
    "spec.addresses",
  ],
  ["a field that nobody knows", gatewayWith({ replicas: 2 }), "spec.replicas"],
  [
    "nine labels of its infrastructure",
    gatewayWith({
      infrastructure: { labels: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a${i}`, "b"])) },
    }),
    "spec.infrastructure.labels",
  ],
];

const routeTable: readonly (readonly [string, AnyObject, string])[] = [
  ["a path that does not begin with a slash", match({ path: { value: "store" } }), "spec.rules[0].matches[0].path"],
  ["a path with //", match({ path: { value: "/a//b" } }), "spec.rules[0].matches[0].path"],
  ["a path with /./", match({ path: { type: "Exact", value: "/a/./b" } }), "spec.rules[0].matches[0].path"],
  ["a path with an encoded slash", match({ path: { value: "/a%2Fb" } }), "spec.rules[0].matches[0].path"],
  ["a path that ends in ..", match({ path: { value: "/a/.." } }), "spec.rules[0].matches[0].path"],
  ["a path with a fragment", match({ path: { value: "/a#b" } }), "spec.rules[0].matches[0].path"],
  [
    "a path of 1025 characters",
    match({ path: { value: `/${"a".repeat(1024)}` } }),
    "spec.rules[0].matches[0].path.value",
  ],
  ["a method in small letters", match({ method: "get" }), "spec.rules[0].matches[0].method"],
  [
    "a header with a space",
    match({ headers: [{ name: "a b", value: "c" }] }),
    "spec.rules[0].matches[0].headers[0].name",
  ],
  [
    "a header value that is empty",
    match({ headers: [{ name: "a", value: "" }] }),
    "spec.rules[0].matches[0].headers[0].value",
  ],
  [
    "17 headers",
    match({ headers: times(17, (i) => ({ name: `h${i}`, value: "a" })) }),
    "spec.rules[0].matches[0].headers",
  ],
  [
    "a query parameter twice",
    match({ queryParams: times(2, () => ({ name: "a", value: "b" })) }),
    "spec.rules[0].matches[0].queryParams",
  ],
  ["a weight below 0", rule({ backendRefs: [{ ...backend, weight: -1 }] }), "spec.rules[0].backendRefs[0].weight"],
  [
    "a weight over a million",
    rule({ backendRefs: [{ ...backend, weight: 1_000_001 }] }),
    "spec.rules[0].backendRefs[0].weight",
  ],
  ["a Service without port", rule({ backendRefs: [{ name: "service" }] }), "spec.rules[0].backendRefs[0]"],
  ["17 backends", rule({ backendRefs: times(17, () => backend) }), "spec.rules[0].backendRefs"],
  ["17 rules", objectOf("HTTPRoute", { parentRefs, rules: times(17, () => ({})) }), "spec.rules"],
  [
    "129 matches in all",
    objectOf("HTTPRoute", {
      parentRefs,
      rules: times(3, () => ({ matches: times(43, (i) => ({ path: { value: `/${i}` } })) })),
    }),
    "spec.rules",
  ],
  [
    "65 matches in a rule",
    rule({ matches: times(65, (i) => ({ path: { value: `/${i}` } })) }),
    "spec.rules[0].matches",
  ],
  [
    "a redirect beside backends",
    rule({ filters: [{ type: "RequestRedirect", requestRedirect: { statusCode: 301 } }], backendRefs: [backend] }),
    "spec.rules[0]",
  ],
  [
    "a redirect and a rewrite",
    rule({
      filters: [
        { type: "RequestRedirect", requestRedirect: {} },
        { type: "URLRewrite", urlRewrite: {} },
      ],
    }),
    "spec.rules[0].filters",
  ],
  [
    "a redirect of status 200",
    filter({ type: "RequestRedirect", requestRedirect: { statusCode: 200 } }),
    "spec.rules[0].filters[0].requestRedirect.statusCode",
  ],
  ["a filter without its settings", filter({ type: "URLRewrite" }), "spec.rules[0].filters[0]"],
  [
    "a filter with another's settings",
    filter({ type: "URLRewrite", urlRewrite: {}, requestMirror: { backendRef: backend } }),
    "spec.rules[0].filters[0]",
  ],
  [
    "a prefix replaced without a prefix matched",
    rule({
      matches: [{ path: { type: "Exact", value: "/a" } }],
      filters: [{ type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/b" } } }],
    }),
    "spec.rules[0]",
  ],
  [
    "a header set twice",
    filter({
      type: "RequestHeaderModifier",
      requestHeaderModifier: { set: times(2, () => ({ name: "a", value: "b" })) },
    }),
    "spec.rules[0].filters[0].requestHeaderModifier.set",
  ],
  [
    "a time-out of a backend over that of the request",
    rule({ timeouts: { request: "1s", backendRequest: "2s" }, backendRefs: [backend] }),
    "spec.rules[0].timeouts",
  ],
  [
    "a time-out that is no duration",
    rule({ timeouts: { request: "1 second" }, backendRefs: [backend] }),
    "spec.rules[0].timeouts.request",
  ],
  [
    "17 hostnames",
    objectOf("HTTPRoute", { hostnames: times(17, (i) => `h${i}.example.com` as never) }),
    "spec.hostnames",
  ],
  ["an address as hostname", objectOf("HTTPRoute", { hostnames: ["1.2.3.4:80"] }), "spec.hostnames[0]"],
  [
    "two parents that are one",
    objectOf("HTTPRoute", { parentRefs: [...parentRefs, ...parentRefs] }),
    "spec.parentRefs",
  ],
  [
    "a parent named in whole and in part",
    objectOf("HTTPRoute", { parentRefs: [{ name: "a" }, { name: "a", sectionName: "b" }] }),
    "spec.parentRefs",
  ],
  ["a spec that is a list", objectOf("HTTPRoute", [] as never), "spec"],
];

const otherTable: readonly (readonly [string, AnyObject, string])[] = [
  [
    "a gRPC method without name and service",
    grpcRule({ matches: [{ method: { type: "Exact" } }] }),
    "spec.rules[0].matches[0].method",
  ],
  [
    "a gRPC service with a slash",
    grpcRule({ matches: [{ method: { service: "a/b" } }] }),
    "spec.rules[0].matches[0].method",
  ],
  ["a TLSRoute without hostnames", objectOf("TLSRoute", { rules: [{ backendRefs: [backend] }] }), "spec.hostnames"],
  [
    "a TLSRoute for an address",
    objectOf("TLSRoute", { hostnames: ["1.2.3.4"], rules: [{ backendRefs: [backend] }] }),
    "spec.hostnames",
  ],
  ["a TCPRoute without rules", objectOf("TCPRoute", { parentRefs, rules: [] }), "spec.rules"],
  [
    "a UDPRoute without backends",
    objectOf("UDPRoute", { parentRefs, rules: [{ backendRefs: [] }] }),
    "spec.rules[0].backendRefs",
  ],
  ["a grant from nowhere", objectOf("ReferenceGrant", { from: [], to: [{ group: "", kind: "Service" }] }), "spec.from"],
  [
    "a grant to a kind with a space",
    objectOf("ReferenceGrant", { from: [{ group: "", kind: "A", namespace: "b" }], to: [{ group: "", kind: "A B" }] }),
    "spec.to[0].kind",
  ],
  ["a policy that trusts nobody", policy({ hostname: "a.example.com" }), "spec.validation"],
  [
    "a policy that trusts two ways",
    policy({
      hostname: "a.example.com",
      wellKnownCACertificates: "System",
      caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "a" }],
    }),
    "spec.validation",
  ],
  ["a policy without a hostname", policy({ wellKnownCACertificates: "System" }), "spec.validation.hostname"],
  [
    "a class without a controller",
    { ...objectOf("GatewayClass", {}), metadata: { name: "refused" } },
    "spec.controllerName",
  ],
  [
    "a controller without a path",
    { ...objectOf("GatewayClass", { controllerName: "example.com" }), metadata: { name: "refused" } },
    "spec.controllerName",
  ],
  [
    "a ListenerSet without listeners",
    objectOf("ListenerSet", { parentRef: { name: "a" }, listeners: [] }),
    "spec.listeners",
  ],
];

export const refused: readonly Refused[] = [...gatewayTable, ...routeTable, ...otherTable].map(
  ([what, object, field]) => ({ what, object, field }),
);
