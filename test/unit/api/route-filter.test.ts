import assert from "node:assert/strict";
import { test } from "node:test";
import { defaulted, testRows } from "./rows.ts";

const a = { name: "a", port: 80 };
const filters = (...list: object[]) => ({ rules: [{ filters: list }] });
const field = "spec.rules[0].filters[0]";
const setA = { set: [{ name: "a", value: "1" }] };
const requests = { type: "RequestHeaderModifier", requestHeaderModifier: setA };
const responses = { type: "ResponseHeaderModifier", responseHeaderModifier: setA };
const mirror = (more: object = {}) => ({ type: "RequestMirror", requestMirror: { backendRef: a, ...more } });
const redirect = (requestRedirect: object) => ({ type: "RequestRedirect", requestRedirect });
const rewrite = (urlRewrite: object) => ({ type: "URLRewrite", urlRewrite });
const cors = (fields: object) => ({ type: "CORS", cors: fields });
const prefix = { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/b" } };
const onePrefix = [{ path: { type: "PathPrefix", value: "/a" } }];
const exact = [{ path: { type: "Exact", value: "/a" } }];
const https = { scheme: "https" };

testRows("HTTPRoute", [
  [
    "a filter has the field that its type names",
    filters(requests),
    filters({ type: "RequestHeaderModifier" }),
    ["GW1224", `${field}.requestHeaderModifier`],
  ],
  [
    "a filter has no field of another type",
    filters(requests, responses),
    filters({ ...requests, responseHeaderModifier: setA }),
    ["GW1224", `${field}.responseHeaderModifier`, "RequestHeaderModifier"],
  ],
  [
    "a mirror has a backend",
    filters(mirror()),
    filters({ type: "RequestMirror" }),
    ["GW1224", `${field}.requestMirror`],
  ],
  ["a rewrite says what", filters(rewrite({})), filters({ type: "URLRewrite" }), ["GW1224", `${field}.urlRewrite`]],
  [
    "a redirect says where",
    filters(redirect({})),
    filters({ type: "RequestRedirect" }),
    ["GW1224", `${field}.requestRedirect`],
  ],
  ["CORS says for whom", filters(cors({})), filters({ type: "CORS" }), ["GW1224", `${field}.cors`]],
  [
    "an extension is referred to",
    filters({ type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "Auth", name: "a" } }),
    filters({ type: "ExtensionRef" }),
    ["GW1224", `${field}.extensionRef`],
  ],
  [
    "headers are modified by one filter, mirrors may be many",
    filters(requests, responses, mirror(), mirror()),
    filters(requests, responses, requests),
    ["GW1225", "spec.rules[0].filters[2]"],
  ],
  [
    "a redirected request is not rewritten",
    filters(redirect(https), requests),
    filters(redirect(https), rewrite({ hostname: "b.io" })),
    ["GW1226", "spec.rules[0].filters[1]"],
  ],
  [
    "a redirect leaves nothing for backends",
    { rules: [{ filters: [redirect(https)], backendRefs: [] }] },
    { rules: [{ filters: [mirror(), redirect(https)], backendRefs: [a] }] },
    ["GW1227", "spec.rules[0].filters[1]"],
  ],
  [
    "a prefix is rewritten where one prefix is matched",
    { rules: [{ matches: onePrefix, filters: [rewrite(prefix)] }] },
    { rules: [{ matches: exact, filters: [rewrite(prefix)] }] },
    ["GW1228", `${field}.urlRewrite.path`, "1 matches"],
  ],
  [
    "a prefix is redirected where one prefix is matched",
    { rules: [{ filters: [redirect(prefix)] }] },
    { rules: [{ matches: [...onePrefix, ...exact], filters: [redirect(prefix)] }] },
    ["GW1228", `${field}.requestRedirect.path`, "2 matches"],
  ],
  [
    "so it is with the filters of a backend",
    { rules: [{ matches: onePrefix, backendRefs: [{ ...a, filters: [rewrite(prefix)] }] }] },
    { rules: [{ matches: exact, backendRefs: [a, { ...a, filters: [rewrite(prefix)] }] }] },
    ["GW1228", "spec.rules[0].backendRefs[1].filters", "1 matches"],
  ],
  [
    "a path modifier has the field of its type",
    filters(rewrite({ path: { type: "ReplaceFullPath", replaceFullPath: "/b" } })),
    filters(rewrite({ path: { type: "ReplaceFullPath" } })),
    ["GW1220", `${field}.urlRewrite.path.replaceFullPath`],
  ],
  [
    "a path modifier has no field of the other type",
    filters(rewrite(prefix)),
    filters(rewrite({ path: { type: "ReplaceFullPath", replaceFullPath: "/b", replacePrefixMatch: "/b" } })),
    ["GW1220", `${field}.urlRewrite.path.type`, "ReplaceFullPath"],
  ],
  [
    "a mirror takes a fraction of the requests",
    filters(mirror({ fraction: { numerator: 1, denominator: 3 } })),
    filters(mirror({ fraction: { numerator: 101 } })),
    ["GW1221", `${field}.requestMirror.fraction.numerator`, "101"],
  ],
  [
    "a mirror's share is said once",
    filters(mirror({ percent: 10 })),
    filters(mirror({ percent: 10, fraction: { numerator: 1 } })),
    ["GW1221", `${field}.requestMirror.fraction`],
  ],
  [
    "a mirror's Service has a port",
    filters(mirror()),
    filters({ type: "RequestMirror", requestMirror: { backendRef: { name: "a" } } }),
    ["GW1210", `${field}.requestMirror.backendRef.port`],
  ],
  [
    "a redirect has a status of redirects",
    filters(redirect({ statusCode: 308 })),
    filters(redirect({ statusCode: 304 })),
    ["GW1104", `${field}.requestRedirect.statusCode`, "304"],
  ],
  [
    "a redirect goes to one host",
    filters(redirect({ hostname: "b.io" })),
    filters(redirect({ hostname: "*.b.io" })),
    ["GW1105", `${field}.requestRedirect.hostname`, "*.b.io"],
  ],
  [
    "an origin is a scheme and a host",
    filters(cors({ allowOrigins: ["https://*.acme.io", "http://acme.io:8080"] })),
    filters(cors({ allowOrigins: ["acme.io"] })),
    ["GW1105", `${field}.cors.allowOrigins[0]`, "acme.io"],
  ],
  [
    "a wildcard stands alone",
    filters(cors({ allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"] })),
    filters(cors({ allowOrigins: ["https://a.io", "*"], allowMethods: ["*", "GET"], allowHeaders: ["x", "*"] })),
    ["GW1222", `${field}.cors.allowOrigins[1]`, "*"],
    ["GW1222", `${field}.cors.allowMethods[0]`, "*"],
    ["GW1222", `${field}.cors.allowHeaders[1]`, "*"],
  ],
  [
    "a header is removed once",
    filters({ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["a", "b"] } }),
    filters({ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["a", "a"] } }),
    ["GW1108", `${field}.requestHeaderModifier.remove[1]`, "a"],
  ],
  [
    "external authorization is experimental",
    filters(requests),
    filters({ type: "ExternalAuth", externalAuth: { protocol: "HTTP", backendRef: a, http: {} } }),
    ["GW1104", `${field}.type`, "ExternalAuth"],
    ["GW1109", `${field}.externalAuth`],
  ],
]);

const auth = (externalAuth: object) =>
  filters({ type: "ExternalAuth", externalAuth: { backendRef: a, ...externalAuth } });

testRows(
  "HTTPRoute",
  [
    [
      "external authorization has the field of its protocol",
      auth({ protocol: "GRPC", grpc: {} }),
      auth({ protocol: "HTTP" }),
      ["GW1223", `${field}.externalAuth.http`],
    ],
    [
      "external authorization has no field of the other protocol",
      auth({ protocol: "HTTP", http: { path: "/check" } }),
      auth({ protocol: "HTTP", http: {}, grpc: {} }),
      ["GW1223", `${field}.externalAuth.protocol`, "HTTP"],
    ],
  ],
  "experimental",
);

test("filters have the defaults of the CRD, and only those", () => {
  const list = [redirect({}), cors({}), mirror({ fraction: { numerator: 1 } })];
  const { rules } = defaulted("HTTPRoute", { rules: list.map((filter) => ({ filters: [filter] })) }) as {
    rules: { filters: object[] }[];
  };
  assert.deepEqual(
    rules.map((rule) => rule.filters[0]),
    [
      redirect({ statusCode: 302 }),
      cors({ maxAge: 5 }),
      {
        type: "RequestMirror",
        requestMirror: {
          backendRef: { group: "", kind: "Service", ...a },
          fraction: { numerator: 1, denominator: 100 },
        },
      },
    ],
  );
});
