import assert from "node:assert/strict";
import { test } from "node:test";
import { defaulted, findingsIn, summary, testRows } from "./rows.ts";

const rule = (fields: object) => ({ rules: [fields] });
const match = (fields: object) => rule({ matches: [fields] });
const path = (type: string, value: string) => match({ path: { type, value } });
const valueField = "spec.rules[0].matches[0].path.value";
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const prefixes = (count: number) => times(count, (i) => ({ path: { value: `/${i}` } }));
const a = { name: "a", port: 80 };

testRows("HTTPRoute", [
  ["a path starts with a slash", path("Exact", "/a"), path("Exact", "a"), ["GW1201", valueField, "a"]],
  ["a path has no empty element", path("Exact", "/a/b"), path("Exact", "/a//b"), ["GW1201", valueField, "/a//b"]],
  ["a path has no /./", path("PathPrefix", "/a/.b"), path("PathPrefix", "/a/./b"), ["GW1201", valueField, "/a/./b"]],
  ["a path has no /../", path("Exact", "/a/..b"), path("Exact", "/a/../b"), ["GW1201", valueField, "/a/../b"]],
  ["a path has no %2f", path("Exact", "/a%20b"), path("Exact", "/a%2fb"), ["GW1201", valueField, "/a%2fb"]],
  ["a path has no %2F", path("Exact", "/a%2Eb"), path("Exact", "/a%2Fb"), ["GW1201", valueField, "/a%2Fb"]],
  ["a path does not end with /..", path("Exact", "/a.."), path("Exact", "/a/.."), ["GW1201", valueField, "/a/.."]],
  ["a path does not end with /.", path("Exact", "/a."), path("Exact", "/a/."), ["GW1201", valueField, "/a/."]],
  ["a path has no query", path("Exact", "/a;b=c"), path("Exact", "/a?b=c"), ["GW1201", valueField, "/a?b=c"]],
  [
    "a path has no fragment, and says so twice over",
    path("RegularExpression", "#"),
    path("Exact", "/a#b"),
    ["GW1201", valueField, "/a#b"],
    ["GW1201", valueField, "/a#b"],
  ],
  [
    "a path match has one of three types",
    path("RegularExpression", "a(b|c)//"),
    path("Prefix", "/a"),
    ["GW1104", "spec.rules[0].matches[0].path.type", "Prefix"],
  ],
  [
    "a method is one of nine, in capitals",
    match({ method: "GET" }),
    match({ method: "get" }),
    ["GW1104", "spec.rules[0].matches[0].method", "get"],
  ],
  [
    "a header is matched once",
    match({
      headers: [
        { name: "a", value: "1" },
        { name: "b", value: "1" },
      ],
    }),
    match({
      headers: [
        { name: "a", value: "1" },
        { name: "a", value: "2" },
      ],
    }),
    ["GW1108", "spec.rules[0].matches[0].headers[1].name", "a"],
  ],
  [
    "a header has a name that HTTP allows",
    match({ headers: [{ name: "x-a", value: "1" }] }),
    match({ headers: [{ name: "x a", value: "1" }] }),
    ["GW1105", "spec.rules[0].matches[0].headers[0].name", "x a"],
  ],
  [
    "a query parameter has a value",
    match({ queryParams: [{ name: "a", value: "1" }] }),
    match({ queryParams: [{ name: "a" }] }),
    ["GW1102", "spec.rules[0].matches[0].queryParams[0].value"],
  ],
  [
    "a hostname is a DNS name",
    { hostnames: ["acme.io", "*.acme.io"] },
    { hostnames: ["acme.io", "ACME.io"] },
    ["GW1105", "spec.hostnames[1]", "ACME.io"],
  ],
  [
    "there are at most 16 hostnames",
    { hostnames: times(16, (i) => `h${i}.io`) },
    { hostnames: times(17, (i) => `h${i}.io`) },
    ["GW1107", "spec.hostnames"],
  ],
  ["there is a rule", rule({}), { rules: [] }, ["GW1107", "spec.rules"]],
  [
    "there are at most 16 rules",
    { rules: times(16, () => ({})) },
    { rules: times(17, () => ({})) },
    ["GW1107", "spec.rules"],
  ],
  [
    "a route has at most 128 matches",
    { rules: [{ matches: prefixes(64) }, { matches: prefixes(64) }] },
    { rules: [{ matches: prefixes(64) }, { matches: prefixes(64) }, {}] },
    ["GW1232", "spec.rules", "129"],
  ],
  [
    "rules have names of their own",
    { rules: [{ name: "a" }, { name: "b" }, {}, {}] },
    { rules: [{ name: "a" }, { name: "b" }, { name: "a" }] },
    ["GW1231", "spec.rules[2].name", "a"],
  ],
  [
    "one parent is referred to twice only by sections",
    { parentRefs: [{ name: "a", sectionName: "x" }, { name: "a", sectionName: "y" }, { name: "b" }] },
    { parentRefs: [{ name: "a", sectionName: "x" }, { name: "a" }] },
    ["GW1230", "spec.parentRefs[1]"],
  ],
  [
    "one parent is not referred to twice alike",
    { parentRefs: [{ name: "a" }, { name: "b" }, { name: "a", namespace: "b" }, { name: "a", kind: "ListenerSet" }] },
    { parentRefs: [{ name: "a" }, { name: "b" }, { name: "a", kind: "Gateway" }] },
    ["GW1230", "spec.parentRefs[2]"],
  ],
  [
    "a Service has a port, other kinds need none",
    rule({ backendRefs: [a, { name: "b", kind: "Bucket", group: "acme.io" }] }),
    rule({ backendRefs: [a, { name: "b" }] }),
    ["GW1210", "spec.rules[0].backendRefs[1].port"],
  ],
  [
    "a port is a number from 1 to 65535",
    rule({ backendRefs: [{ name: "a", port: 65535 }] }),
    rule({
      backendRefs: [
        { name: "a", port: 65536 },
        { name: "b", port: 0 },
        { name: "c", port: "80" },
        { name: "d", port: 8.5 },
      ],
    }),
    ["GW1106", "spec.rules[0].backendRefs[0].port", "65536"],
    ["GW1106", "spec.rules[0].backendRefs[1].port", "0"],
    ["GW1103", "spec.rules[0].backendRefs[2].port", "80"],
    ["GW1103", "spec.rules[0].backendRefs[3].port", "8.5"],
  ],
  [
    "a weight is at most a million, and may be zero",
    rule({
      backendRefs: [
        { ...a, weight: 0 },
        { ...a, weight: 1_000_000 },
      ],
    }),
    rule({
      backendRefs: [
        { ...a, weight: -1 },
        { ...a, weight: 1_000_001 },
      ],
    }),
    ["GW1106", "spec.rules[0].backendRefs[0].weight", "-1"],
    ["GW1106", "spec.rules[0].backendRefs[1].weight", "1000001"],
  ],
  [
    "one attempt takes no longer than the request",
    rule({ timeouts: { request: "1s", backendRequest: "1000ms" } }),
    rule({ timeouts: { request: "1s", backendRequest: "1m" } }),
    ["GW1229", "spec.rules[0].timeouts.backendRequest", "1m"],
  ],
  [
    "a timeout is a duration",
    rule({ timeouts: { request: "0s", backendRequest: "1h30m" } }),
    rule({ timeouts: { request: "10", backendRequest: "1d" } }),
    ["GW1105", "spec.rules[0].timeouts.request", "10"],
    ["GW1105", "spec.rules[0].timeouts.backendRequest", "1d"],
  ],
  [
    "a status is tried again once",
    rule({ retry: { codes: [502, 503] } }),
    rule({ retry: { codes: [502, 503, 502, 200] } }),
    ["GW1106", "spec.rules[0].retry.codes[3]", "200"],
    ["GW1108", "spec.rules[0].retry.codes[2]", "502"],
  ],
  [
    "a field that does not exist is refused, and the nearest is named",
    { hostnames: ["a.io"] },
    { hostname: ["a.io"], rules: [{ backendRef: [a] }] },
    ["GW1101", "spec.rules[0].backendRef"],
    ["GW1101", "spec.hostname"],
  ],
]);

test("findings of wrong names and types say what was probably meant", () => {
  const fixes = findingsIn("HTTPRoute", {
    hostname: [],
    parentRefs: [{ name: 5, port: "80" }],
    rules: [{ matches: [{ method: "post" }] }],
  }).map(({ field, fix }) => [field, fix]);
  assert.deepEqual(fixes, [
    ["spec.parentRefs[0].name", "Write it in quotes."],
    ["spec.parentRefs[0].port", "Write it without quotes."],
    ["spec.rules[0].matches[0].method", "Did you mean POST?"],
    ["spec.hostname", "Did you mean hostnames?"],
  ]);
});

test("defaults are those of the CRD", () => {
  const root = { path: { type: "PathPrefix", value: "/" } };
  assert.deepEqual(defaulted("HTTPRoute", {}), { rules: [{ matches: [root] }] });
  const spec = { parentRefs: [{ name: "a" }], rules: [{ matches: [{ method: "GET" }], backendRefs: [a], retry: {} }] };
  assert.deepEqual(defaulted("HTTPRoute", spec), {
    parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "a" }],
    rules: [
      {
        matches: [{ ...root, method: "GET" }],
        backendRefs: [{ group: "", kind: "Service", name: "a", port: 80, weight: 1 }],
        retry: { attempts: 1 },
      },
    ],
  });
});

test("a default is filled in only where its parent is given", () => {
  const rules = [{ matches: [{ headers: [{ name: "a", value: "b" }] }], filters: [] }];
  const { timeouts, retry, filters } = (defaulted("HTTPRoute", { rules }) as { rules: Record<string, unknown>[] })
    .rules[0] as Record<string, unknown>;
  assert.deepEqual({ timeouts, retry, filters }, { timeouts: undefined, retry: undefined, filters: [] });
  const [first] = (defaulted("HTTPRoute", { rules: [{ matches: [] }] }) as { rules: unknown[] }).rules;
  assert.deepEqual(first, { matches: [] });
});

const session = (fields: object) => rule({ sessionPersistence: fields });
const at = "spec.rules[0].sessionPersistence";

testRows(
  "HTTPRoute",
  [
    [
      "ports tell references to one parent apart",
      {
        parentRefs: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
        ],
      },
      {
        parentRefs: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
          { name: "a", port: 80 },
        ],
      },
      ["GW1230", "spec.parentRefs[2]"],
    ],
    [
      "references to one parent all have ports, or none",
      {
        parentRefs: [
          { name: "a", port: 80, sectionName: "x" },
          { name: "a", port: 81, sectionName: "x" },
        ],
      },
      { parentRefs: [{ name: "a", port: 80 }, { name: "a" }] },
      ["GW1230", "spec.parentRefs[1]"],
    ],
    [
      "a permanent cookie ends some time",
      session({ cookie: { lifetimeType: "Permanent" }, absoluteTimeout: "24h" }),
      session({ cookie: { lifetimeType: "Permanent" } }),
      ["GW1233", `${at}.absoluteTimeout`],
    ],
    ["sessions by cookie say which", session({ cookie: {} }), session({}), ["GW1233", `${at}.cookie`]],
    [
      "a header does not go with cookies",
      session({ type: "Header", header: { name: "a" } }),
      session({ type: "Cookie", cookie: {}, header: { name: "a" } }),
      ["GW1233", `${at}.header`],
    ],
    [
      "an XBackend has no port",
      rule({ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "a" }] }),
      rule({ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "a", port: 80 }] }),
      ["GW1211", "spec.rules[0].backendRefs[0].port", "80"],
    ],
    [
      "a header's value has no blanks at its ends",
      match({ headers: [{ name: "a", value: "b c" }] }),
      match({ headers: [{ name: "a", value: " b" }] }),
      ["GW1105", "spec.rules[0].matches[0].headers[0].value", " b"],
    ],
  ],
  "experimental",
);

test("the standard channel has no experimental fields, does not suggest them, and has none of their rules", () => {
  const spec = { useDefaultGateways: "All", ...session({ cookie: {} }) };
  assert.deepEqual(findingsIn("HTTPRoute", spec, "experimental"), []);
  assert.deepEqual(summary(findingsIn("HTTPRoute", spec)), [
    ["GW1109", "spec.useDefaultGateways"],
    ["GW1109", "spec.rules[0].sessionPersistence"],
  ]);
  const [typo] = findingsIn("HTTPRoute", { useDefaultGateway: "All" });
  assert.doesNotMatch(`${typo?.allowed} ${typo?.fix}`, /useDefaultGateways/);
  assert.deepEqual(findingsIn("HTTPRoute", match({ headers: [{ name: "a", value: " b" }] })), []);
});
