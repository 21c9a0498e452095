import assert from "node:assert/strict";
import { test } from "node:test";
import { type CheckOptions, check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { gateway, loaded, route } from "./given.ts";

/** Returns severity, code, object and field of each finding. */
function found(yaml: string, options: CheckOptions = { only: "attachment" }): string[] {
  return check(loaded(yaml), options).map(
    ({ severity, code, object, field }) => `${severity} ${code} ${object?.name} ${field}`,
  );
}

const rules = "[{ backendRefs: [{ name: a, port: 80 }] }]";
const service = (namespace: string, port = 80) => `apiVersion: v1
kind: Service
metadata: { name: a, namespace: ${namespace} }
spec: { ports: [{ port: ${port} }] }
---
`;
const gatewayClass = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: x.io/y }
---
`;

test("an application team's file alone: what it refers to may be declared elsewhere", () => {
  const team = route("r", rules);
  assert.deepEqual(found(team), [
    "note GW2401 r spec.parentRefs[0]",
    "note GW2413 r spec.rules[0].backendRefs[0].name",
  ]);
  assert.deepEqual(found(team, { only: "attachment", strict: true }), [
    "error GW2401 r spec.parentRefs[0]",
    "error GW2413 r spec.rules[0].backendRefs[0].name",
  ]);
});

test("a whole that fits has no findings, strictly", () => {
  const all = gatewayClass + gateway({ name: "http" }) + route("r", rules) + service("app");
  assert.deepEqual(found(all, { strict: true }), []);
});

test("an operator's file alone: the class may be declared elsewhere", () => {
  assert.deepEqual(found(gateway({ name: "http" })), ["note GW2101 g spec.gatewayClassName"]);
});

test("what this project's proxies do not serve is refused for its classes, and nobody knows of others'", () => {
  const udp = gateway({ name: "http" }).replace("protocol: HTTP", "protocol: UDP");
  assert.deepEqual(found(gatewayClass + udp, { strict: true }), []);
  const ours = gatewayClass.replace("x.io/y", "gatewright.dev/gateway-controller");
  assert.deepEqual(found(ours + udp, { strict: true }), ["error GW2201 g spec.listeners[0].protocol"]);
  // The controller of an undeclared class is unknown.
  assert.deepEqual(found(udp), ["note GW2101 g spec.gatewayClassName"]);
});

test("what is refused whatever else is declared is an error", () => {
  const section = route("r", rules, { parent: ", sectionName: tls" });
  assert.deepEqual(found(gatewayClass + gateway({ name: "http" }) + section + service("app")), [
    "error GW2403 r spec.parentRefs[0].sectionName",
  ]);
  const wrongPort = gatewayClass + gateway({ name: "http" }) + route("r", rules) + service("app", 81);
  assert.deepEqual(found(wrongPort), ["error GW2413 r spec.rules[0].backendRefs[0].port"]);
  const hostname =
    gatewayClass +
    gateway({ name: "http", hostname: "a.io" }) +
    route("r", rules, { hostnames: "b.io" }) +
    service("app");
  assert.deepEqual(found(hostname), ["error GW2405 r spec.hostnames"]);
});

test("a missing grant is an error once the other namespace is among the sources", () => {
  const other = "[{ backendRefs: [{ name: a, namespace: other, port: 80 }] }]";
  const refused = "GW2411 r spec.rules[0].backendRefs[0].namespace";
  const base = gatewayClass + gateway({ name: "http" }) + route("r", other);
  assert.deepEqual(found(base), [`note ${refused}`]);
  assert.deepEqual(found(base + service("other")), [`error ${refused}`]);
});

test("a namespace that is not declared is taken to have the labels that a selector asks for", () => {
  const selecting = gateway({ name: "http" }).replace(
    "from: All",
    "from: Selector, selector: { matchLabels: { a: b } }",
  );
  const base = gatewayClass + selecting + route("r", rules) + service("app");
  assert.deepEqual(found(base), ["note GW2430 r spec.parentRefs[0]"]);
  assert.deepEqual(found(base, { only: "attachment", strict: true }), ["error GW2404 r spec.parentRefs[0]"]);
  const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: app, labels: { a: c } }\n";
  assert.deepEqual(found(`${base}${namespace}`), ["error GW2404 r spec.parentRefs[0]"]);
});

test("a namespace that is selected by its name is known by it, whoever declares it", () => {
  const selecting = (selector: string) =>
    gatewayClass +
    gateway({ name: "http" }).replace("from: All", `from: Selector, selector: { ${selector} }`) +
    route("r", rules) +
    service("app");
  const name = "kubernetes.io/metadata.name";
  const expression = (operator: string, value: string) =>
    `matchExpressions: [{ key: ${name}, operator: ${operator}, values: [${value}] }]`;
  const refused = ["error GW2404 r spec.parentRefs[0]"];
  assert.deepEqual(found(selecting(`matchLabels: { ${name}: other }`)), refused);
  assert.deepEqual(found(selecting(`matchLabels: { ${name}: other, a: b }`)), refused);
  assert.deepEqual(found(selecting(expression("In", "other"))), refused);
  assert.deepEqual(found(selecting(expression("NotIn", "app"))), refused);
  assert.deepEqual(found(selecting(`matchLabels: { ${name}: app }`)), []);
  assert.deepEqual(found(selecting(`matchLabels: { ${name}: app, a: b }`)), ["note GW2430 r spec.parentRefs[0]"]);
});

test("a Gateway that is declared and not valid is not called undeclared", () => {
  const yaml = gatewayClass + gateway({ name: "http", port: 0 }) + route("r", rules) + service("app");
  const sources = load([{ name: "given.yaml", ...parseDocuments(yaml, "given.yaml") }], { channel: "standard" });
  for (const strict of [true, false]) {
    const [finding] = check(sources, { strict }).filter(({ code }) => code === "GW2401");
    assert.equal(finding?.message, "Gateway edge/g is declared, and not valid.");
    assert.doesNotMatch(finding?.fix ?? "", /elsewhere|Declare/);
  }
});

test("each part alone, and all together", () => {
  const yaml = gateway({ name: "http" }) + route("r", "[{ backendRefs: [{ name: a, port: 80, weight: 0 }] }]");
  assert.deepEqual(found(yaml, { only: "schema" }), []);
  assert.deepEqual(found(yaml, { only: "advice" }), ["advice GW3002 r spec.rules[0].backendRefs"]);
  assert.equal(found(yaml, {}).length, 3);
});

test("a ListenerSet of a Gateway whose class is declared elsewhere takes routes", () => {
  const all = gateway({ name: "http" }).replace(
    "gatewayClassName: c",
    "gatewayClassName: c\n  allowedListeners: { namespaces: { from: All } }",
  );
  const set = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: set, namespace: app }
spec:
  parentRef: { name: g, namespace: edge }
  listeners: [{ name: own, protocol: HTTP, port: 8080 }]
---
`;
  const own = route("r", rules).replace("name: g, namespace: edge", "kind: ListenerSet, name: set");
  assert.deepEqual(found(all + set + own + service("app")), ["note GW2101 g spec.gatewayClassName"]);
});
