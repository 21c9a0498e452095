import assert from "node:assert/strict";
import { test } from "node:test";
import { planMarkdown } from "../../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../../lib/analysis/plan/text.ts";
import { type TrafficPlan, trafficPlan, type UnfollowedChange } from "../../../../lib/analysis/plan/traffic-plan.ts";
import { gateway, loaded, route } from "../given.ts";

const plan = (before: string, after: string): TrafficPlan => trafficPlan(loaded(before), loaded(after));

const told = ({ risk, rule, before, after, differences }: UnfollowedChange): string =>
  [risk, rule, sideOf(before), sideOf(after), ...differences].join(" | ");

function sideOf({ backends, answers }: UnfollowedChange["before"]): string {
  return [...Object.entries(backends).map(([name, share]) => `${name} ${share}`), ...answers].join(" ");
}

interface RouteText {
  readonly kind?: string;
  readonly parent?: string;
  readonly hostnames?: string;
  readonly rules: string;
}

function routeText({ kind = "HTTPRoute", parent = "{ name: gw }", hostnames, rules }: RouteText): string {
  const hosts = hostnames === undefined ? "" : `  hostnames: [${hostnames}]\n`;
  return `apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: r, namespace: app }
spec:
  parentRefs: [${parent}]
${hosts}  rules: ${rules}
---
`;
}

const foreignHttp = gateway({ name: "http" });
const foreignTcp = foreignHttp.replace("protocol: HTTP", "protocol: TCP");
const to = (name: string, more = "") => `{ backendRefs: [{ name: ${name}, port: 80${more} }] }`;
const opaque = (expression: string, name: string) =>
  `{ matches: [{ path: { type: RegularExpression, value: "${expression}" } }], backendRefs: [{ name: ${name}, port: 80 }] }`;

/** The reasons for which requests cannot be followed, each with a rule that leads to a backend. */
const ways: Readonly<Record<string, (backend: string) => string>> = {
  "a Gateway that no source declares": (name) => routeText({ rules: `[${to(name)}]` }),
  "a GRPCRoute of a Gateway that no source declares": (name) =>
    routeText({ kind: "GRPCRoute", rules: `[${to(name)}]` }),
  "a ListenerSet that no source declares": (name) =>
    routeText({ parent: "{ kind: ListenerSet, name: set }", rules: `[${to(name)}]` }),
  "a Service of a mesh": (name) =>
    routeText({ parent: '{ group: "", kind: Service, name: web }', rules: `[${to(name)}]` }),
  "a TCPRoute of another controller": (name) =>
    foreignTcp + routeText({ kind: "TCPRoute", parent: "{ name: g, namespace: edge }", rules: `[${to(name)}]` }),
  "a regular expression that another controller knows": (name) =>
    foreignHttp + routeText({ parent: "{ name: g, namespace: edge }", rules: `[${opaque("/a(?=b)", name)}]` }),
};

for (const [way, manifests] of Object.entries(ways)) {
  test(`a move behind what cannot be followed is a move: ${way}`, () => {
    const made = plan(manifests("old"), manifests("new"));
    assert.deepEqual(made.changes, []);
    assert.deepEqual(made.unfollowed.map(told), ["moves | rules[0] | app/old:80 1 | app/new:80 1"]);
    assert.deepEqual(made.declared, []);
    assert.notEqual(made.unfollowed[0]?.because, "");
    assert.match(String(planText(made)), /^1 change of rules that cannot be followed: 1 going elsewhere\n/);
    assert.match(String(planMarkdown(made)), /\*\*goes elsewhere\*\* \| `\w+Route app\/r rules\[0\]`/);
  });

  test(`what is the same changes nothing: ${way}`, () => {
    assert.deepEqual(plan(manifests("old"), manifests("old")).unfollowed, []);
  });

  test(`a route that is gone fails, and one that is new serves: ${way}`, () => {
    const without = manifests("old").replace(/apiVersion: \S+\nkind: \w+Route\n.*/s, "");
    const risks = (before: string, after: string) => plan(before, after).unfollowed.map(({ risk }) => risk);
    assert.deepEqual(risks(manifests("old"), without), ["fails"]);
    assert.deepEqual(risks(without, manifests("old")), ["serves"]);
  });
}

test("each field of a rule that cannot be followed has its risk", () => {
  const base: RouteText = { hostnames: "a.io", rules: `[{ matches: [{ path: { value: /x } }], ${to("a").slice(1)}]` };
  const changed: readonly (readonly [RouteText, string])[] = [
    [{ ...base, hostnames: "b.io" }, "moves | rules[0] | app/a:80 1 | app/a:80 1 | hostnames: a.io → b.io"],
    [
      { ...base, parent: "{ name: other }" },
      "moves | rules[0] | app/a:80 1 | app/a:80 1 | parents: Gateway app/gw → Gateway app/other",
    ],
    [
      { ...base, rules: base.rules.replace("/x", "/y") },
      "moves | rules[0] | app/a:80 1 | app/a:80 1 | matches: PathPrefix /x → PathPrefix /y",
    ],
    [
      { ...base, rules: base.rules.replace("backendRefs", "timeouts: { request: 2s }, backendRefs") },
      "handling | rules[0] | app/a:80 1 | app/a:80 1 | timeouts.request: none → 2000 ms",
    ],
    [
      { ...base, rules: base.rules.replace("port: 80 }", "port: 80 }, { name: b, port: 80 }") },
      "moves | rules[0] | app/a:80 1 | app/a:80 0.5 app/b:80 0.5",
    ],
  ];
  for (const [after, expected] of changed) {
    assert.deepEqual(plan(routeText(base), routeText(after)).unfollowed.map(told), [expected]);
  }
});

test("a rule in front of others moves none of them", () => {
  const match = (path: string, name: string) => `{ matches: [{ path: { value: ${path} } }], ${to(name).slice(1)}`;
  const before = routeText({ rules: `[${match("/a", "a")}, ${match("/b", "b")}]` });
  const after = routeText({ rules: `[${match("/c", "c")}, ${match("/a", "a")}, ${match("/b", "b")}]` });
  assert.deepEqual(plan(before, after).unfollowed.map(told), ["serves | rules[0] | no rule | app/c:80 1"]);
});

test("shares of a rule that cannot be followed are shares", () => {
  const weights = (one: number, other: number) =>
    routeText({
      rules: `[{ backendRefs: [{ name: a, port: 80, weight: ${one} }, { name: b, port: 80, weight: ${other} }] }]`,
    });
  assert.deepEqual(
    plan(weights(1, 1), weights(3, 1)).unfollowed.map(({ risk }) => risk),
    ["shares"],
  );
});

test("a Gateway that one side declares takes no rule away", () => {
  const parent = "{ name: g, namespace: edge }";
  const [old, now] = [routeText({ parent, rules: `[${to("a")}]` }), routeText({ parent, rules: `[${to("b")}]` })];
  assert.deepEqual(plan(old, foreignHttp + old).unfollowed, []);
  const [change] = plan(old, foreignHttp + now).unfollowed;
  assert.deepEqual([change?.risk, change?.because], ["moves", "Gateway edge/g is not declared"]);
});

test("the reason says why", () => {
  const reasons = Object.values(ways).map((way) => plan(way("old"), way("new")).unfollowed[0]?.because);
  assert.deepEqual(reasons, [
    "Gateway app/gw is not declared",
    "Gateway app/gw is not declared",
    "ListenerSet app/set is not declared",
    "Service app/web is left to other controllers",
    "Gateway edge/g serves a TCPRoute, whose requests are not followed",
    "only the controller of the class knows what the regular expression matches",
  ]);
});

test("what a Gateway of the sources refuses or follows is no such change", () => {
  const http = foreignHttp.replace("from: All", "from: Same");
  const rules = (name: string) => `[{ backendRefs: [{ name: ${name}, port: 80 }] }]`;
  assert.deepEqual(plan(http + route("r", rules("a")), http + route("r", rules("b"))).unfollowed, []);
  assert.deepEqual(plan(foreignHttp + route("r", rules("a")), foreignHttp + route("r", rules("b"))).unfollowed, []);
});
