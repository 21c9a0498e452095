import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, locateFindings } from "../../../../lib/api/parse/locate.ts";
import type { Finding } from "../../../../lib/findings/finding.ts";

const text = `# a comment
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: a
  labels:
    app.kubernetes.io/name: store
---
# second
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: b}
spec:
  rules:
  - matches:
    - path: {type: Exact, value: /x}
    backendRefs:
    - name: store
      port: 0
`;

test("a field is found by its path, at its key", () => {
  assert.deepEqual(locate(text, 10, "spec.rules[0].backendRefs[0].port"), { line: 19, column: 7 });
  assert.deepEqual(locate(text, 10, "spec.rules[0].matches[0].path.value"), { line: 16, column: 27 });
  assert.deepEqual(locate(text, 10, "spec.rules[0].backendRefs[0]"), { line: 18, column: 7 });
  assert.deepEqual(locate(text, 10, "metadata.name"), { line: 12, column: 12 });
});

test("keys that hold dots are found with and without quotes", () => {
  const place = { line: 7, column: 5 };
  assert.deepEqual(locate(text, 2, "metadata.labels.app.kubernetes.io/name"), place);
  assert.deepEqual(locate(text, 2, 'metadata.labels["app.kubernetes.io/name"]'), place);
});

test("a field that is missing is placed at what should hold it", () => {
  assert.deepEqual(locate(text, 10, "spec.rules[0].backendRefs[0].weight"), { line: 18, column: 7 });
  assert.deepEqual(locate(text, 10, "spec.rules[3].matches"), { line: 14, column: 3 });
  assert.deepEqual(locate(text, 2, "spec.rules"), { line: 2, column: 1 });
  assert.deepEqual(locate(text, 2, ""), { line: 2, column: 1 });
});

test("a field of today is found where the older document says it", () => {
  const old =
    "kind: HTTPRoute\nmetadata: {name: a}\nspec:\n  rules:\n  - forwardTo:\n    - serviceName: s\n      port: 0\n";
  assert.deepEqual(locate(old, 1, "spec.rules[0].backendRefs[0].port"), { line: 7, column: 7 });
  assert.deepEqual(locate(old, 1, "spec.rules[0].backendRefs[0].name"), { line: 6, column: 7 });
  const tls =
    "kind: Gateway\nmetadata: {name: a}\nspec:\n  listeners:\n  - tls:\n      certificateRef: {kind: Secret}\n    routes: {kind: X}\n";
  assert.deepEqual(locate(tls, 1, "spec.listeners[0].tls.certificateRefs[0].kind"), { line: 6, column: 24 });
  assert.deepEqual(locate(tls, 1, "spec.listeners[0].allowedRoutes.kinds[0].kind"), { line: 7, column: 14 });
});

test("items of a List are found by the line on which they begin", () => {
  const list = "kind: List\napiVersion: v1\nitems:\n- kind: A\n  spec: {x: 1}\n- kind: B\n  spec:\n    x: 2\n";
  assert.deepEqual(locate(list, 4, "spec.x"), { line: 5, column: 10 });
  assert.deepEqual(locate(list, 6, "spec.x"), { line: 8, column: 5 });
});

test("where no object begins nothing is found", () => {
  assert.equal(locate(text, 11, "spec"), undefined);
  assert.equal(locate(text, 1000, "spec"), undefined);
  assert.equal(locate("a: [", 1, "a"), undefined);
  assert.equal(locate("", 1, "a"), undefined);
});

test("findings are placed; those that are placed already, or elsewhere, stay", () => {
  const finding = (origin: Finding["origin"], field?: string): Finding => ({
    code: "GW1106",
    severity: "error",
    message: "m",
    ...(origin === undefined ? {} : { origin }),
    ...(field === undefined ? {} : { field }),
  });
  const findings = [
    finding({ file: "f", line: 10 }, "spec.rules[0].backendRefs[0].port"),
    finding({ file: "f", line: 10 }),
    finding({ file: "f", line: 3, column: 4 }, "spec"),
    finding({ file: "other", line: 1 }, "spec"),
    finding({ construct: "edge/external" }, "spec"),
    finding(undefined, "spec"),
    finding({ file: "f", line: 11 }, "spec"),
  ];
  const origins = locateFindings(findings, new Map([["f", text]])).map(({ origin }) => origin);
  assert.deepEqual(origins, [
    { file: "f", line: 19, column: 7 },
    { file: "f", line: 10, column: 1 },
    ...findings.slice(2).map(({ origin }) => origin),
  ]);
});
