import assert from "node:assert/strict";
import { test } from "node:test";
import { planMarkdown } from "../../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../../lib/analysis/plan/text.ts";
import { type TrafficChange, type TrafficPlan, trafficPlan } from "../../../../lib/analysis/plan/traffic-plan.ts";
import { gateway, loaded, route } from "../given.ts";

const http = gateway({ name: "http" });
const a = "backendRefs: [{ name: a, port: 80 }]";
const b = "backendRefs: [{ name: b, port: 80 }]";

const plan = (before: string, after: string): TrafficPlan => trafficPlan(loaded(before), loaded(after));

/** Returns each change of a plan, without the routes and reasons. */
function told(before: string, after: string): string[] {
  return plan(before, after).changes.map(({ risk, hosts, paths, conditions, before: old, after: now }) =>
    [
      risk,
      hosts.join(),
      paths.map(({ type, value }) => `${type} ${value}`).join(),
      ...conditions,
      side(old),
      side(now),
    ].join(" | "),
  );
}

function side({ backends, failing, answers }: TrafficChange["before"]): string {
  return [...Object.entries(backends).map(([name, share]) => `${name} ${share}`), ...answers, failing || ""]
    .join(" ")
    .trim();
}

test("the same configuration changes nothing, however it is written", () => {
  const before =
    http + route("r", "[{ backendRefs: [{ name: a, port: 80, weight: 9 }, { name: b, port: 80, weight: 1 }] }]");
  const after =
    http +
    route(
      "r",
      "[{ name: named, matches: [{ path: { type: PathPrefix, value: / } }], backendRefs: [{ name: b, port: 80, weight: 10 }, { name: a, port: 80, weight: 90 }] }]",
    );
  const { changes, listeners, declared } = plan(before, after);
  assert.deepEqual({ changes, listeners }, { changes: [], listeners: [] });
  assert.ok(declared.length > 0 && declared.every(({ object, enforced }) => object === "HTTPRoute app/r" && enforced));
});

test("endpoints that come and go are no change", () => {
  const slice = (address: string) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: a-1, namespace: app, labels: { kubernetes.io/service-name: a } }
addressType: IPv4
ports: [{ port: 80 }]
endpoints: [{ addresses: [${address}] }]
---
`;
  const service =
    "apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: app }\nspec: { ports: [{ port: 80 }] }\n---\n";
  const given = http + route("r", `[{ ${a} }]`) + service;
  assert.deepEqual(plan(given + slice("10.0.0.1"), given + slice("10.0.0.2")).changes, []);
});

test("shares that change", () => {
  const weights = (one: number, other: number) =>
    http +
    route("r", `[{ backendRefs: [{ name: a, port: 80, weight: ${one} }, { name: b, port: 80, weight: ${other} }] }]`);
  assert.deepEqual(told(weights(9, 1), weights(3, 1)), [
    "shares | * | PathPrefix / | app/a:80 0.9 app/b:80 0.1 | app/a:80 0.75 app/b:80 0.25",
  ]);
  assert.deepEqual(told(weights(9, 1), weights(1, 0)), [
    "moves | * | PathPrefix / | app/a:80 0.9 app/b:80 0.1 | app/a:80 1",
  ]);
  assert.deepEqual(told(weights(9, 1), weights(0, 0)), [
    "fails | * | PathPrefix / | app/a:80 0.9 app/b:80 0.1 | 500 (no backend) 1",
  ]);
});

test("a rule with conditions takes its requests alone", () => {
  const before = http + route("r", `[{ ${a} }]`);
  const after =
    http + route("r", `[{ ${a} }, { matches: [{ method: POST, headers: [{ name: serve, value: canary }] }], ${b} }]`);
  assert.deepEqual(told(before, after), [
    "moves | * | PathPrefix / | method POST | header serve = canary | app/a:80 1 | app/b:80 1",
  ]);
  assert.deepEqual(told(after, before), [
    "moves | * | PathPrefix / | method POST | header serve = canary | app/b:80 1 | app/a:80 1",
  ]);
});

test("what other rules take is excepted", () => {
  const canary = `{ matches: [{ headers: [{ name: serve, value: canary }] }], ${b} }`;
  const [change] = plan(http + route("r", `[${canary}, { ${a} }]`), http + route("r", `[${canary}]`)).changes;
  assert.equal(change?.risk, "fails");
  assert.deepEqual(change?.except, ["PathPrefix / and header serve = canary"]);
  assert.equal(change?.why, "HTTPRoute app/r rules[1] is gone");
  assert.deepEqual(change?.example, { method: "GET", url: "http://any.example/", headers: {} });
});

test("a route that goes first shadows another one, and says why", () => {
  const before = http + route("z", `[{ ${a} }]`, { created: "2026-01-02T00:00:00Z" });
  const older = before + route("a", `[{ ${b} }]`, { created: "2026-01-01T00:00:00Z" });
  assert.deepEqual(
    plan(before, older).changes.map(({ risk, why }) => [risk, why]),
    [["moves", "HTTPRoute app/z rules[0] matches them too, but the winner's route is older (2026-01-01T00:00:00Z)"]],
  );
});

test("a route keeps the age that it has in the cluster", () => {
  const live = http + route("z", `[{ ${a} }]`, { created: "2026-01-02T00:00:00Z" });
  // By name alone, the new route would come first.
  assert.deepEqual(plan(live, http + route("z", `[{ ${a} }]`) + route("a", `[{ ${b} }]`)).changes, []);
});

test("what is there already is older than what is new, also where nobody tells its age", () => {
  const before = http + route("z", `[{ ${a} }]`);
  assert.deepEqual(plan(before, before + route("a", `[{ ${b} }]`)).changes, []);
  // Between two existing routes without an age, the name decides as before.
  const both = before + route("a", `[{ ${b} }]`);
  assert.deepEqual(told(both, http + route("z", `[{ ${a} }]`)), ["moves | * | PathPrefix / | app/b:80 1 | app/a:80 1"]);
});

test("a listener that opens without a route moves nothing, and one that closes is the reason", () => {
  const two = gateway({ name: "http" }, { name: "two", port: 81 });
  const routes = route("r", `[{ ${a} }]`, { parent: ", sectionName: http" });
  assert.deepEqual(
    plan(http + routes, two + routes).changes.map(({ risk, port }) => [risk, port]),
    [["handling", 81]],
  );
  const moved = http.replace("port: 80", "port: 8080");
  const closes = plan(http + routes, moved + routes).changes.find(({ port }) => port === 80);
  assert.deepEqual([closes?.risk, closes?.why], ["fails", "no listener takes them any more"]);
});

test("what is not meant of a wide path is told: other conditions, and other paths below it", () => {
  const rules = (ref: string) =>
    `[{ ${ref} }, { matches: [{ path: { value: /cart }, method: POST }], ${a} }, { matches: [{ path: { value: /pay } }], ${a} }]`;
  const made = plan(http + route("r", rules(a)), http + route("r", rules(b)));
  const [change] = made.changes as [TrafficChange];
  assert.equal(made.changes.length, 1);
  assert.deepEqual(change.paths, [{ type: "PathPrefix", value: "/" }]);
  assert.deepEqual(change.exceptPaths, [{ type: "PathPrefix", value: "/pay" }]);
  assert.deepEqual(change.except, ["PathPrefix /cart and method POST"]);
  assert.match(String(planText(made)), /every other path/);
  assert.match(String(planText(made)), /but not \[PathPrefix \/cart and method POST\]/);
  assert.match(String(planMarkdown(made)), /`every other path`<br>but not \\\[PathPrefix `\/cart` and method POST\\\]/);
});

test("of a rule's matches with one path the one that took the requests is compared", () => {
  const match = (conditions: string) => `{ path: { value: /x }, ${conditions} }`;
  const headers = (...names: readonly string[]) =>
    `headers: [${names.map((name) => `{ name: ${name}, value: "1" }`).join()}]`;
  const own = route("r", `[{ matches: [${match(headers("a"))}, ${match(`method: GET, ${headers("b")}`)}], ${a} }]`);
  const other = route("s", `[{ matches: [${match(`method: GET, ${headers("b", "c")}`)}], ${b} }]`);
  const whys = plan(http + own, http + own + other).changes.map(({ why }) => why);
  assert.ok(whys.includes("HTTPRoute app/r rules[0] matches them too, but the winner asks for more headers (2 to 1)"));
});

test("headers may have the names that every object has", () => {
  const filter = (more: string) =>
    `filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }${more}] } }]`;
  const more = ", { name: constructor, value: c }, { name: __proto__, value: d }";
  const rule = (filters: string) => http + route("r", `[{ ${filters}, ${a} }]`);
  assert.deepEqual(plan(rule(filter("")), rule(filter(more))).changes[0]?.differences, [
    "filters.RequestHeaderModifier.set.constructor: none → c",
    "filters.RequestHeaderModifier.set.__proto__: none → d",
  ]);
});

test("an example is made up in a method that no other rule takes", () => {
  const rules = (method: string) => `[{ matches: [{ path: { value: /x }${method} }], ${a} }]`;
  const [change] = plan(http + route("r", rules("")), http + route("r", rules(", method: GET"))).changes;
  assert.deepEqual(change?.example, { method: "POST", url: "http://any.example/x", headers: {} });
});

test("hosts and paths are divided by all that names them", () => {
  const before = http + route("r", `[{ ${a} }]`);
  const after =
    http +
    route("r", `[{ ${a} }]`) +
    route(
      "s",
      `[{ matches: [{ path: { value: /shop } }], ${b} }, { matches: [{ path: { type: Exact, value: /shop/cart } }], ${a} }]`,
      {
        hostnames: '"*.acme.io", www.acme.io',
      },
    );
  assert.deepEqual(told(before, after), ["moves | *.acme.io,www.acme.io | PathPrefix /shop | app/a:80 1 | app/b:80 1"]);
});

test("a path that a rule names for itself is left out of the prefix above it", () => {
  const cart = `{ matches: [{ path: { type: Exact, value: /shop } }], ${a} }`;
  const shop = `{ matches: [{ path: { value: /shop } }], ${a} }`;
  const [change] = plan(http + route("r", `[${cart}, ${shop}]`), http + route("r", `[${cart}]`)).changes;
  assert.deepEqual(change?.paths, [{ type: "PathPrefix", value: "/shop" }]);
  assert.equal(change?.example?.url, "http://any.example/shop/any");
});

test("regular expressions stand for what they match", () => {
  const regex = (value: string) =>
    http + route("r", `[{ ${a} }, { matches: [{ path: { type: RegularExpression, value: "${value}" } }], ${b} }]`);
  const [change] = plan(http + route("r", `[{ ${a} }]`), regex("/v[0-9]+/.*")).changes;
  assert.deepEqual(change?.conditions, ["path ~ /v[0-9]+/.*"]);
  assert.equal(change?.example?.url, "http://any.example/v1/");
  const unguessable = plan(http + route("r", `[{ ${a} }]`), regex("/(?:ab){2}[^\\\\W\\\\d_]{3}")).changes;
  assert.deepEqual([unguessable.length, unguessable[0]?.example], [1, undefined]);
});

test("an expression is of no account where paths begin otherwise", () => {
  const shop = `{ matches: [{ path: { value: /shop } }], ${a} }`;
  const api = `{ matches: [{ path: { type: RegularExpression, value: "/api/v1/.*" } }], ${b} }`;
  assert.deepEqual(told(http + route("r", `[${shop}]`), http + route("r", `[${shop}, ${api}]`)), [
    "serves | * | PathPrefix / | path ~ /api/v1/.* | 404 1 | app/b:80 1",
  ]);
});

test("filters, timeouts and retries are told by what differs", () => {
  const rule = (filters: string, more = "") => http + route("r", `[{ filters: [${filters}], ${more} ${a} }]`);
  const header = (value: string) =>
    `{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-env, value: ${value} }, { name: x-api-key, value: ${value} }] } }`;
  const [change] = plan(rule(header("blue")), rule(header("green"), "timeouts: { request: 2s },")).changes;
  assert.equal(change?.risk, "handling");
  assert.deepEqual(change?.differences, [
    "filters.RequestHeaderModifier.set.x-env: blue → green",
    "filters.RequestHeaderModifier.set.x-api-key: (not shown) → (not shown)",
    "timeouts.request: none → 2000 ms",
  ]);
  const cors = (methods: string) =>
    rule(`{ type: CORS, cors: { allowOrigins: ["https://a.io"], allowMethods: [${methods}] } }`);
  assert.deepEqual(plan(cors("GET"), cors("PUT")).changes[0]?.differences, ["filters.CORS.allowMethods: GET → PUT"]);
});

test("a filter is told whole where it is new, also for requests that nothing served before", () => {
  const cors = (more: string) =>
    http + route("r", `[{ filters: [{ type: CORS, cors: { allowOrigins: ["*"], ${more} } }], ${a} }]`);
  const whole =
    "filters.CORS: none → origins *, credentials allowed, methods none, headers none, exposed headers none, max age 5 s";
  for (const before of [http, http + route("r", `[{ ${a} }]`)]) {
    const made = plan(before, cors("allowCredentials: true"));
    assert.deepEqual(made.changes[0]?.differences, [whole]);
    assert.ok(String(planText(made)).includes(whole));
  }
  assert.deepEqual(plan(cors(""), cors("allowCredentials: true")).changes[0]?.differences, [
    "filters.CORS.allowCredentials: false → true",
  ]);
});

test("the order of filters is told", () => {
  const set = "{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }] } }";
  const host = "{ type: URLRewrite, urlRewrite: { hostname: b.io } }";
  const rule = (filters: string) => http + route("r", `[{ filters: [${filters}], ${a} }]`);
  assert.deepEqual(plan(rule(`${set}, ${host}`), rule(`${host}, ${set}`)).changes[0]?.differences, [
    "filters: RequestHeaderModifier, URLRewrite → URLRewrite, RequestHeaderModifier",
  ]);
});

test("routes that the proxy does not serve are told as declared", () => {
  const tcp = (port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: db, namespace: app }
spec: { parentRefs: [{ name: g, namespace: edge }], rules: [{ backendRefs: [{ name: db, port: ${port} }] }] }
---
`;
  const named = { object: "TCPRoute app/db", enforced: false };
  assert.deepEqual(plan(http + tcp(1), http + tcp(2)).declared, [
    { ...named, field: "spec.rules[0].backendRefs[db].port", before: "1", after: "2" },
  ]);
  assert.deepEqual(plan(http, http + tcp(1)).declared, [{ ...named, field: "spec", after: "declared" }]);
  assert.deepEqual(plan(http + tcp(1), http).declared, [{ ...named, field: "spec", before: "declared" }]);
});

test("a redirect hides what stands behind it", () => {
  const redirect = (backends: string) =>
    http + route("r", `[{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] ${backends} }]`);
  const [change] = plan(http + route("r", `[{ ${a} }]`), redirect("")).changes;
  assert.equal(change?.risk, "moves");
  assert.deepEqual(change?.after.answers, ["RequestRedirect: answer 302, scheme https"]);
});

test("the prefix that is replaced is part of what a rule does", () => {
  const rewrite = (prefix: string) =>
    http +
    route(
      "r",
      `[{ matches: [{ path: { value: ${prefix} } }], filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /x } } }], ${a} }]`,
    );
  // A longer prefix with the same filter sends /a/b on as /x and no longer as /x/b.
  const both = rewrite("/a").replace(
    "[{ matches: [{ path: { value: /a } }]",
    "[{ matches: [{ path: { value: /a } }, { path: { value: /a/b } }]",
  );
  const [change] = plan(
    rewrite("/a"),
    both.replace("ReplacePrefixMatch, replacePrefixMatch: /x", "ReplaceFullPath, replaceFullPath: /x"),
  ).changes;
  assert.equal(change?.risk, "handling");
});

test("a Gateway that goes takes its traffic along, and one that comes brings some", () => {
  const given = http + route("r", `[{ ${a} }]`);
  assert.deepEqual(told(given, route("r", `[{ ${a} }]`)), ["fails | * | PathPrefix / | app/a:80 1 | no connection 1"]);
  const { changes, listeners } = plan(route("r", `[{ ${a} }]`), given);
  assert.deepEqual(
    changes.map(({ risk }) => risk),
    ["serves"],
  );
  assert.deepEqual(listeners, [
    { gateway: "edge/g", port: 80, listener: "http", change: "opens: HTTP for every host" },
  ]);
});

test("a listener that presents another certificate is told by name", () => {
  const tls = (name: string) =>
    http.replace("protocol: HTTP,", `protocol: HTTPS, tls: { certificateRefs: [{ name: ${name} }] },`) +
    route("r", `[{ ${a} }]`);
  const { changes, listeners } = plan(tls("old"), tls("new"));
  assert.deepEqual(changes, []);
  assert.deepEqual(
    listeners.map(({ change }) => change),
    ['tls.certificates: [{"name":"old","namespace":"edge"}] → [{"name":"new","namespace":"edge"}]'],
  );
});

test("the riskiest goes first", () => {
  const rules = (first: string, second: string, third: string) =>
    http +
    route(
      "r",
      `[{ matches: [{ path: { value: /1 } }], ${first} }, { matches: [{ path: { value: /2 } }], ${second} }, { matches: [{ path: { value: /3 } }], ${third} }]`,
    );
  const none = "backendRefs: [{ name: a, port: 80, weight: 0 }]";
  assert.deepEqual(
    plan(rules(none, a, a), rules(a, b, none)).changes.map(({ risk }) => risk),
    ["fails", "moves", "serves"],
  );
});

test("a credential is in no form of a plan, and in no example", () => {
  const match = (value: string) =>
    http + route("r", `[{ matches: [{ headers: [{ name: Authorization, value: "${value}" }] }], ${a} }]`);
  const made = plan(match("Basic aHVudGVyMg=="), match("Basic b3RoZXI="));
  assert.equal(made.changes.length, 2);
  for (const text of [JSON.stringify(made), String(planText(made)), String(planMarkdown(made))]) {
    assert.doesNotMatch(text, /aHVudGVyMg|b3RoZXI/);
    assert.match(text, /not shown/);
  }
});

test("nor is one that is a query parameter", () => {
  for (const name of ["token", "api_key", "x-auth", "sig"]) {
    const match = (ref: string) =>
      http + route("r", `[{ matches: [{ queryParams: [{ name: ${name}, value: aHVudGVyMg }] }], ${ref} }]`);
    const made = plan(match(a), match(b));
    assert.equal(made.changes.length, 1);
    for (const text of [JSON.stringify(made), String(planText(made)), String(planMarkdown(made))]) {
      assert.doesNotMatch(text, /aHVudGVyMg/);
      assert.match(text, /not shown/);
    }
  }
});

test("text and Markdown say who takes the requests and what changes", () => {
  const before = http + route("r", `[{ ${a} }]`, { hostnames: "acme.io" });
  const after = http + route("r", `[{ ${b}, timeouts: { request: 1s } }]`, { hostnames: "acme.io" });
  const made = plan(before, after);
  assert.equal(
    String(planText(made)),
    `1 change of traffic: 1 going elsewhere

goes elsewhere  acme.io  every path  edge/g, port 80
  before  app/a:80 100 %  (HTTPRoute app/r rules[0])
  after   app/b:80 100 %
          timeouts.request: none → 1000 ms
  such as GET http://acme.io/`,
  );
  assert.equal(
    String(planMarkdown(made)),
    `### 1 change of traffic: 1 going elsewhere

| | requests | before | after |
|---|---|---|---|
| **goes elsewhere** | \`acme.io\` \`every path\`<br>such as \`GET http://acme.io/\` | \`app/a:80\` 100 %<br>HTTPRoute \`app/r\` \`rules[0]\` | \`app/b:80\` 100 %<br>HTTPRoute \`app/r\` \`rules[0]\`<br>\`timeouts.request\`: none → 1000 ms |
`,
  );
  assert.equal(String(planText(plan(before, before))), "No change of traffic");
});

test("a value from a source breaks neither a line nor a table", () => {
  const match = http + route("r", `[{ matches: [{ headers: [{ name: x, value: "a|b\`<img>\\u001b[31m" }] }], ${a} }]`);
  const made = plan(http, match);
  assert.equal(made.changes.length, 1);
  const [row] = String(planMarkdown(made)).split("\n").slice(4);
  assert.equal(row?.replaceAll("\\|", "").split("|").length, 6, row);
  assert.doesNotMatch(String(planMarkdown(made)) + String(planText(made)), /\u001b/);
  // HTML in a code span has no effect.
  assert.doesNotMatch(String(planMarkdown(made)).replace(/`` .*? ``/g, ""), /<img>/);
});
