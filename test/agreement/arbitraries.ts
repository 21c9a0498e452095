import fc from "fast-check";
import type { AnyObject, Declared } from "../../lib/api/declared/declared.ts";
import type { CaseRequest } from "./case.ts";
import {
  backendFilters,
  grpcBackendFilters,
  grpcRuleFilters,
  redirectFilters,
  ruleFilters,
} from "./filter-arbitraries.ts";
import { functionObjects } from "./functions.ts";

/**
 * Random configurations of one Gateway, and requests to it. The alphabets are small, so that requests match, rules
 * collide and several filters apply.
 */

const segments = ["a", "b", "ab", "c"];
/** The hosts of requests. */
export const hosts: readonly string[] = ["acme.io", "a.acme.io", "b.a.acme.io", "acme.org", "shop.io"];
const patterns = ["acme.io", "acme.io", "*.acme.io", "a.acme.io", "*.io", "*.io", "acme.org"];
const names = ["x-one", "x-two"];
const values = ["1", "2"];

const deep = (maxLength: number) =>
  fc.array(fc.constantFrom(...segments), { maxLength }).map((parts) => `/${parts.join("/")}`);
/** Paths of rules are short, so that they match. */
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

const backendRef = (byPrefix: boolean) =>
  fc
    .record(
      {
        name: fc.constantFrom("a", "b", "h"),
        port: fc.constant(80),
        weight: fc.constantFrom(0, 1, 1, 1, 3, 3, 3),
        filters: backendFilters(byPrefix),
        isPod: fc.constantFrom(true, ...Array.from({ length: 15 }, () => false)),
      },
      { requiredKeys: ["name", "port", "isPod"] },
    )
    .map(({ isPod, ...rest }) => (isPod ? { ...rest, group: "x.io", kind: "Pod" } : rest));

/** References each backend once in a rule: a result of `simulate` has one request for each. Few rules have none. */
const backendRefs = (byPrefix: boolean) => {
  const some = fc.uniqueArray(backendRef(byPrefix), { minLength: 1, maxLength: 2, selector: ({ name }) => name });
  return fc.oneof({ weight: 15, arbitrary: some }, { weight: 1, arbitrary: fc.constant([]) });
};

const onePrefix = path.map((value) => [{ path: { type: "PathPrefix", value } }]);

/** ReplacePrefixMatch needs a single prefix to replace. */
const rule = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      matches: fc.array(match, { minLength: 1, maxLength: 2 }),
      filters: ruleFilters(false),
      backendRefs: backendRefs(false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ matches: onePrefix, filters: ruleFilters(true), backendRefs: backendRefs(true) }),
  },
  { weight: 1, arbitrary: fc.record({ matches: onePrefix, filters: redirectFilters(true) }) },
);

/** gRPC calls have a host of their own: an HTTPRoute and a GRPCRoute cannot share one. */
const grpcRoute = fc
  .array(
    fc.record({
      matches: fc.constantFrom(
        [{ method: { service: "pkg.Echo" } }],
        [{ method: { service: "pkg.Echo", method: "Say" } }],
        [{}],
      ),
      filters: grpcRuleFilters,
      backendRefs: fc.uniqueArray(
        fc.record({ name: fc.constantFrom("h", "n"), port: fc.constant(80), filters: grpcBackendFilters }),
        { minLength: 1, maxLength: 2, selector: ({ name }) => name },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((rules) => object("GRPCRoute", "calls", { hostnames: ["grpc.example"], rules, parentRefs: [{ name: "g" }] }));

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

/** Generates the objects of a valid configuration. Ports 80 and 8080 are always open. */
export const configuration: fc.Arbitrary<readonly Declared[]> = fc
  .record({
    listeners: fc.uniqueArray(listener, { maxLength: 3, selector: ({ port, hostname }) => `${port} ${hostname}` }),
    routes: fc.array(route, { minLength: 1, maxLength: 3 }),
    calls: grpcRoute,
  })
  .map(({ listeners, routes, calls }) => {
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
      calls,
      ...["h", "n", "o"].map(http2Service),
      ...functionObjects,
      object("GatewayClass", "c", { controllerName: "gatewright.dev/gateway-controller" }),
    ];
  });

/** Declares a Service whose endpoints speak HTTP/2. */
function http2Service(name: string): Declared {
  const service = object("Service", name, { ports: [{ port: 80, appProtocol: "kubernetes.io/h2c" }] });
  return { ...service, object: { ...service.object, apiVersion: "v1" } };
}

function object(kind: string, name: string, spec: object): Declared {
  const whole = { apiVersion: "gateway.networking.k8s.io/v1", kind, metadata: { name }, spec } as AnyObject;
  return { object: whole, origin: { construct: name } };
}

const query = fc
  .array(fc.tuple(fc.constantFrom(...names, "q"), fc.constantFrom("=1", "=2", "=%31", "", "=")), { maxLength: 2 })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => name + value).join("&")}`));

/** Generates unusual spellings of a path. */
const oddPath = fc.oneof(
  { weight: 6, arbitrary: deep(3) },
  { weight: 1, arbitrary: path.map((value) => `${value}/`) },
  { weight: 1, arbitrary: path.map((value) => `${value}/../b`) },
  { weight: 1, arbitrary: fc.constantFrom("/%61", "/a%2Fb", "/a//b", "/a/./b", "/%zz", "/a;b", "/a%5cb", "/*") },
  { weight: 1, arbitrary: path.map((value) => `${value}/http://internal/x`) },
  { weight: 1, arbitrary: path.map((value) => `${value}//internal`) },
);

const requestHeaders = fc.record(
  {
    "x-one": fc.constantFrom("1", "2"),
    "x-two": fc.constantFrom("1", "3"),
    "X-Odd-Case": fc.constantFrom("odd", ["a", "b"]),
    "x-drop": fc.constant(["a", "b"]),
    Cookie: fc.constantFrom("a=1", ["a=1", "b=2"]),
    "x-behave": fc.constant("cors"),
    "X-Forwarded-Host": fc.constant("spoofed.io"),
    "Max-Forwards": fc.constantFrom("9", "9", "9", "0"),
    x_forwarded_for: fc.constant("forged"),
    Connection: fc.constantFrom("x-one", "keep-alive, X-Odd-Case", "max-forwards"),
    TE: fc.constantFrom("trailers", "gzip"),
    "Keep-Alive": fc.constant("timeout=5"),
    origin: fc.constantFrom("https://foo.com", "https://a.foo.com", "null"),
    "access-control-request-method": fc.constantFrom("PUT", "GET"),
  },
  { requiredKeys: [] },
);

export const webRequest: fc.Arbitrary<CaseRequest> = fc
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
    // Node.js needs headers with a prototype.
    headers: { ...headers },
    body: method === "POST" ? body : "",
  }));

const call: fc.Arbitrary<CaseRequest> = fc
  .record({
    target: fc.constantFrom("/pkg.Echo/Say", "/pkg.Echo/Sing", "/pkg.Other/Say"),
    headers: requestHeaders,
  })
  .map(({ target, headers }) => ({
    method: "POST",
    url: `http://grpc.example${target}`,
    headers: { ...headers, "content-type": "application/grpc", TE: "trailers" },
    body: "",
  }));

/** Generates a request without an aim. */
export const request: fc.Arbitrary<CaseRequest> = fc.oneof(
  { weight: 9, arbitrary: webRequest },
  { weight: 1, arbitrary: call },
);
