import fc from "fast-check";
import type { AnyObject, Declared } from "../../lib/api/declared.ts";
import type { CaseRequest } from "./case.ts";

/**
 * Random configurations of one Gateway and requests to it. The alphabets are small, so that requests match, rules
 * collide and filters meet.
 */

const segments = ["a", "b", "ab", "c"];
const hosts = ["acme.io", "a.acme.io", "b.a.acme.io", "acme.org", "shop.io"];
const patterns = ["acme.io", "acme.io", "*.acme.io", "a.acme.io", "*.io", "*.io", "acme.org"];
const names = ["x-one", "x-two"];
const values = ["1", "2"];

const deep = (maxLength: number) =>
  fc.array(fc.constantFrom(...segments), { maxLength }).map((parts) => `/${parts.join("/")}`);
/** Of rules, which are to match. */
const path = deep(1);

const pathMatch = fc.oneof(
  { weight: 3, arbitrary: path.map((value) => ({ type: "PathPrefix", value })) },
  { weight: 2, arbitrary: path.map((value) => ({ type: "Exact", value })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("/a.*", "/(a|b)/[bc]", "/.*b").map((value) => ({ type: "RegularExpression", value })),
  },
);

const valueMatches = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names),
    type: fc.constantFrom("Exact", "Exact", "RegularExpression"),
    value: fc.constantFrom(...values),
  }),
  { minLength: 1, maxLength: 2, selector: ({ name }) => name },
);

const match = fc.record(
  {
    path: pathMatch,
    method: fc.constantFrom("GET", "POST"),
    headers: valueMatches,
    queryParams: valueMatches,
  },
  { requiredKeys: ["path"] },
);

const field = fc.record({
  name: fc.constantFrom(...names, "x-kept", "x-listed"),
  value: fc.constantFrom("new", "more"),
});
const fields = fc.uniqueArray(field, { minLength: 1, maxLength: 2, selector: ({ name }) => name });
const modifier = fc
  .record(
    { set: fields, add: fields, remove: fc.uniqueArray(fc.constantFrom(...names, "x-drop"), { minLength: 1 }) },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0);
const pathModifier = fc.oneof(
  fc
    .constantFrom("/", "/new", "/new/")
    .map((replacePrefixMatch) => ({ type: "ReplacePrefixMatch", replacePrefixMatch })),
  fc.constantFrom("/full", "/full?own=1").map((replaceFullPath) => ({ type: "ReplaceFullPath", replaceFullPath })),
);
const destination = { hostname: fc.constantFrom("new.io", "acme.io"), path: pathModifier };

const requestModifier = modifier.map((requestHeaderModifier) => ({
  type: "RequestHeaderModifier",
  requestHeaderModifier,
}));
const responseModifier = modifier.map((responseHeaderModifier) => ({
  type: "ResponseHeaderModifier",
  responseHeaderModifier,
}));
const rewrite = fc
  .record(destination, { requiredKeys: ["path"] })
  .map((urlRewrite) => ({ type: "URLRewrite", urlRewrite }));
const redirect = fc
  .record(
    {
      ...destination,
      scheme: fc.constantFrom("http", "https"),
      port: fc.constantFrom(80, 443, 8443),
      statusCode: fc.constantFrom(301, 302, 303, 307, 308),
    },
    { requiredKeys: ["statusCode"] },
  )
  .map((requestRedirect) => ({ type: "RequestRedirect", requestRedirect }));
const mirror = fc
  .record({ backendRef: fc.constantFrom("a", "m").map((name) => ({ name, port: 80 })) })
  .map((requestMirror) => ({ type: "RequestMirror", requestMirror }));
const cors = fc
  .record(
    {
      allowOrigins: fc.constantFrom(["*"], ["https://foo.com"], ["https://*.foo.com"]),
      allowMethods: fc.constantFrom(["*"], ["GET", "PUT"]),
      allowHeaders: fc.constantFrom(["*"], ["x-one"]),
      exposeHeaders: fc.constantFrom(["*"], ["x-two"]),
      allowCredentials: fc.boolean(),
      maxAge: fc.constantFrom(1, 600),
    },
    { requiredKeys: ["allowOrigins"] },
  )
  .map((given) => ({ type: "CORS", cors: given }));

type Filter = { readonly type: string };

/** One filter of a type at most, in any order; a rewrite and a redirect exclude each other. */
const filters = (...kinds: readonly fc.Arbitrary<Filter>[]): fc.Arbitrary<Filter[]> =>
  fc.uniqueArray(fc.oneof(...kinds), { maxLength: 3, selector: ({ type }) => type });

const backendRef = fc
  .record(
    {
      name: fc.constantFrom("a", "b"),
      port: fc.constant(80),
      weight: fc.constantFrom(0, 1, 3),
      filters: filters(requestModifier),
      kind: fc.constant("Pod"),
    },
    { requiredKeys: ["name", "port"] },
  )
  .map(({ kind, ...rest }) => (kind !== undefined && rest.weight === 3 ? { ...rest, group: "x.io", kind } : rest));

/** A backend is named once in a rule: an answer of `simulate` has one request for each. */
const backendRefs = (minLength: number) =>
  fc.uniqueArray(backendRef, { minLength, maxLength: 2, selector: ({ name }) => name });

/** ReplacePrefixMatch needs the one prefix that it replaces. */
const rule = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      matches: fc.array(match, { minLength: 1, maxLength: 2 }),
      filters: filters(requestModifier, responseModifier, mirror, cors),
      backendRefs: backendRefs(0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      matches: path.map((value) => [{ path: { type: "PathPrefix", value } }]),
      filters: filters(requestModifier, responseModifier, mirror, cors, rewrite),
      backendRefs: backendRefs(1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      matches: path.map((value) => [{ path: { type: "PathPrefix", value } }]),
      filters: filters(requestModifier, responseModifier, cors, redirect),
    }),
  },
);

const route = fc.record(
  {
    parent: fc.constantFrom({}, {}, {}, { port: 80 }, { port: 8080 }, { sectionName: "l0" }),
    hostnames: fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 2 }),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ["parent", "rules"] },
);

const listener = fc.record(
  { port: fc.constantFrom(80, 80, 8080), hostname: fc.constantFrom(...patterns) },
  { requiredKeys: ["port"] },
);

/** Objects of a valid configuration. Ports 80 and 8080 are open always. */
export const configuration: fc.Arbitrary<readonly Declared[]> = fc
  .record({
    listeners: fc.uniqueArray(listener, { maxLength: 3, selector: ({ port, hostname }) => `${port} ${hostname}` }),
    routes: fc.array(route, { minLength: 1, maxLength: 3 }),
  })
  .map(({ listeners, routes }) => {
    const open = [80, 8080].filter((port) => !listeners.some((each) => each.port === port)).map((port) => ({ port }));
    const gateway = {
      gatewayClassName: "c",
      listeners: [...listeners, ...open].map((each, index) => ({ ...each, name: `l${index}`, protocol: "HTTP" })),
    };
    return [
      object("Gateway", "g", gateway),
      ...routes.map(({ parent, ...spec }, index) =>
        object("HTTPRoute", `r${index}`, { ...spec, parentRefs: [{ name: "g", ...parent }] }),
      ),
      object("GatewayClass", "c", { controllerName: "gatewright.dev/gateway-controller" }),
    ];
  });

function object(kind: string, name: string, spec: object): Declared {
  const whole = { apiVersion: "gateway.networking.k8s.io/v1", kind, metadata: { name }, spec } as AnyObject;
  return { object: whole, origin: { construct: name } };
}

const query = fc
  .array(fc.tuple(fc.constantFrom(...names, "q"), fc.constantFrom("=1", "=2", "=%31", "", "=")), { maxLength: 2 })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => name + value).join("&")}`));

/** A path as clients may write it. */
const oddPath = fc.oneof(
  { weight: 6, arbitrary: deep(3) },
  { weight: 1, arbitrary: path.map((value) => `${value}/`) },
  { weight: 1, arbitrary: path.map((value) => `${value}/../b`) },
  { weight: 1, arbitrary: fc.constantFrom("/%61", "/a%2Fb", "/a//b", "/a/./b", "/%zz", "/a;b", "/a%5cb", "/*") },
);

const requestHeaders = fc.record(
  {
    "x-one": fc.constantFrom("1", "2"),
    "x-two": fc.constantFrom("1", "3"),
    origin: fc.constantFrom("https://foo.com", "https://a.foo.com", "null"),
    "access-control-request-method": fc.constantFrom("PUT", "GET"),
  },
  { requiredKeys: [] },
);

export const request: fc.Arbitrary<CaseRequest> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "GET", "POST", "OPTIONS", "HEAD"),
    host: fc.constantFrom("acme.io", "acme.io", ...hosts),
    port: fc.constantFrom("", "", ":8080"),
    target: fc.tuple(oddPath, query).map(([first, second]) => first + second),
    headers: requestHeaders,
    body: fc.constantFrom("", "", "hello"),
  })
  .map(({ method, host, port, target, headers, body }) => ({
    method,
    url: `http://${host}${port}${target}`,
    // Node.js wants headers with a prototype.
    headers: { ...headers },
    body: method === "POST" ? body : "",
  }));
