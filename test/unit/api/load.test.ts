import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../lib/api/load/load.ts";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";

/** Makes a source of one file. */
function source(name: string, text: string): SourceContent {
  return { name, ...parseDocuments(text, name), texts: new Map([[name, text]]) };
}

const loaded = (...sources: SourceContent[]) => load(sources, { channel: "standard" });
const errors = (of: ReturnType<typeof load>) => of.findings.filter(({ severity }) => severity === "error");

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: edge
spec:
  gatewayClassName: acme
  listeners:
  - name: http
    protocol: HTTP
    port: 80
`;

const route = (port: number | string, extra = "") => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: store
spec:
  parentRefs:
  - name: edge
  rules:
  - backendRefs:
    - name: store
      port: ${port}
${extra}`;

test("valid objects come with defaults and a namespace; what was written stays as it was", () => {
  const { authored, objects, findings } = loaded(source("a.yaml", `${gateway}---\n${route(8080)}`));
  assert.deepEqual(findings, []);
  assert.deepEqual(
    authored.map(({ object }) => object.metadata),
    [{ name: "edge" }, { name: "store" }],
  );
  assert.deepEqual(
    objects.map(({ object }) => object.metadata.namespace),
    ["default", "default"],
  );
  const [, declared] = objects;
  assert(declared?.object.kind === "HTTPRoute");
  assert.equal(declared.object.spec.rules?.[0]?.backendRefs?.[0]?.weight, 1);
  assert.deepEqual(declared.origin, { file: "a.yaml", line: 12 });
});

test("cluster-scoped objects get no namespace", () => {
  const text =
    "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: acme}\nspec: {controllerName: acme.io/controller}\n";
  const { objects, findings } = loaded(source("a.yaml", text));
  assert.deepEqual(findings, []);
  assert.equal(objects[0]?.object.metadata.namespace, undefined);
});

test("a finding of the schema has the object, and the line and column of the field", () => {
  const result = loaded(source("a.yaml", `${gateway}---\n${route(70000)}`));
  assert.equal(result.objects.length, 1);
  assert.equal(result.authored.length, 2);
  const [finding, ...others] = errors(result);
  assert.deepEqual(others, []);
  assert.equal(finding?.code, "GW1106");
  assert.equal(finding?.field, "spec.rules[0].backendRefs[0].port");
  assert.deepEqual(finding?.origin, { file: "a.yaml", line: 22, column: 7 });
  assert.deepEqual([finding?.object?.kind, finding?.object?.name], ["HTTPRoute", "store"]);
});

test("a field that conversion moved is placed where its author wrote it", () => {
  const text =
    "kind: HTTPRoute\nmetadata:\n  name: store\nspec:\n  rules:\n  - forwardTo:\n    - serviceName: store\n      port: 70000\n";
  const [finding] = errors(loaded(source("old.yaml", text)));
  assert.equal(finding?.field, "spec.rules[0].backendRefs[0].port");
  assert.deepEqual(finding?.origin, { file: "old.yaml", line: 8, column: 7 });
});

test("a finding of the conversion has the field as its author wrote it, and its place", () => {
  const text =
    "kind: HTTPRoute\nmetadata:\n  name: store\nspec:\n  rules:\n  - matches:\n    - extensionRef: {group: acme.io, kind: M, name: m}\n";
  const finding = loaded(source("old.yaml", text)).findings.find(({ code }) => code === "GW1302");
  assert.deepEqual(finding?.origin, { file: "old.yaml", line: 7, column: 7 });
});

test("a later source replaces, with a note; twice in one source is an error", () => {
  const replaced = loaded(source("a.yaml", route(1)), source("b.yaml", route(2)));
  assert.deepEqual(
    replaced.findings.map(({ code }) => code),
    ["GW1009"],
  );
  assert.deepEqual(
    replaced.objects.map(({ origin }) => origin),
    [{ file: "b.yaml", line: 1 }],
  );
  const twice = loaded(source("a.yaml", `${route(1)}---\n${route(2)}`));
  assert.deepEqual(
    twice.findings.map(({ code }) => code),
    ["GW1006"],
  );
  assert.deepEqual(twice.findings[0]?.origin, { file: "a.yaml", line: 16, column: 3 });
});

test("objects of kinds that are not known pass through untouched", () => {
  const text =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: store\nspec: {replicas: many}\n---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: istio}\n";
  const { authored, objects, findings } = loaded(source("a.yaml", text));
  assert.deepEqual(objects, []);
  // The object routes traffic by another API, which Gatewright does not know.
  assert.deepEqual(
    findings.map(({ code, severity, object }) => [code, severity, object?.name]),
    [["GW1037", "note", "istio"]],
  );
  assert.deepEqual(
    authored.map(({ object }) => object),
    parseDocuments(text, "a.yaml").declared.map(({ object }) => object),
  );
});

/** Objects of kinds that do not exist, and the finding about each. */
const strangers: readonly [string, string, string, RegExp][] = [
  ["gateway.networking.k8s.io/v1", "HttpRoute", "kind", /Did you mean HTTPRoute\?/],
  ["gateway.networking.k8s.io/v1", "Gatway", "kind", /Did you mean Gateway\?/],
  ["gateway.networking.k8s.io/v1", "Ingress", "kind", /a kind of the Gateway API/],
  ["gateway.networking.k8s.io/v1alpha2", "BackendLBPolicy", "kind", /XBackendTrafficPolicy/],
  ["gateway.networking.k8s.io/v2", "HTTPRoute", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["gateway.networking.k8s.io/v1alpha1", "Gateway", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["gateway.networking.k8s.io", "Gateway", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["networking.x-k8s.io/v1alpha2", "Gateway", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["v1", "HTTPRoute", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["gateway.network.k8s.io/v1", "HTTPRoute", "apiVersion", /gateway\.networking\.k8s\.io\/v1\./],
  ["v2", "Service", "apiVersion", /apiVersion: v1\./],
];

for (const [apiVersion, kind, field, fix] of strangers) {
  test(`there is no ${kind} in ${apiVersion}`, () => {
    const result = loaded(
      source("a.yaml", `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\nspec: {}\n`),
    );
    assert.deepEqual(
      result.findings.map(({ code }) => code),
      ["GW1005"],
    );
    const [finding] = result.findings;
    assert.equal(finding?.field, field);
    assert.match(finding?.fix ?? "", fix);
    assert.deepEqual(finding?.origin, { file: "a.yaml", line: field === "kind" ? 2 : 1, column: 1 });
    assert.deepEqual(result.objects, []);
  });
}

test("objects of constructs have findings with their path", () => {
  const object = parseDocuments(route(70000), "x").declared[0]?.object;
  assert(object !== undefined);
  const [finding] = errors(
    loaded({ name: "acme.ts", declared: [{ object, origin: { construct: "store/route" } }], findings: [] }),
  );
  assert.deepEqual(finding?.origin, { construct: "store/route" });
});

test("findings of the sources come first, and order is stable", () => {
  const sources = [source("a.yaml", `a: [\n---\n${route(70000)}`), source("b.yaml", gateway)];
  const once = loaded(...sources);
  assert.deepEqual(
    once.findings.map(({ code }) => code),
    ["GW1001", "GW1106"],
  );
  assert.deepEqual(loaded(...sources), once);
});

test("the content of a Secret is in no finding", () => {
  const text =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: [hunter2]}\nstringData: {password: 7, token: {a: hunter2}}\ntype: [hunter2]\n";
  assert.doesNotMatch(JSON.stringify(loaded(source("s.yaml", text)).findings), /hunter2/);
});
