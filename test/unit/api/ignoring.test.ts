import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../../../lib/analysis/check/check.ts";
import {
  type IgnoreRule,
  ignoreFromText,
  ignoreProblem,
  unusedIgnores,
  withIgnored,
} from "../../../lib/api/load/ignoring.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import type { Finding } from "../../../lib/findings/finding.ts";

test("a rule names a code that can be ignored, perhaps an object, and a reason", () => {
  const rows: readonly (readonly [rule: unknown, problem: RegExp | undefined])[] = [
    [{ code: "GW2413", reason: "because" }, undefined],
    [{ code: "GW2413", object: "HTTPRoute store/acme", reason: "because" }, undefined],
    [{ code: "GW2101", object: "GatewayClass *", reason: "because" }, undefined],
    [{ code: "GW2413" }, /reason is missing/],
    [{ code: "GW2413", reason: " " }, /reason is missing/],
    [{ code: "2413", reason: "because" }, /not GW and four digits/],
    [{ code: "GW2413", object: "acme", reason: "because" }, /not KIND NAMESPACE\/NAME/],
    [{ code: "GW2413", objects: "HTTPRoute a", reason: "because" }, /no field objects/],
    [{ code: "GW1001", reason: "because" }, /cannot be ignored/],
    [{ code: "GW1038", reason: "because" }, /cannot be ignored/],
    [undefined, /mapping/],
    ["GW2413", /mapping/],
    [[], /mapping/],
  ];
  for (const [rule, problem] of rows) {
    const said = ignoreProblem(rule);
    if (problem === undefined) assert.equal(said, undefined, JSON.stringify(rule));
    else assert.match(said ?? "", problem, JSON.stringify(rule));
  }
});

test("a rule as one text", () => {
  assert.deepEqual(ignoreFromText("GW2413=by Helm"), { code: "GW2413", reason: "by Helm" });
  assert.deepEqual(ignoreFromText("GW2413@HTTPRoute store/acme=a=b@c"), {
    code: "GW2413",
    object: "HTTPRoute store/acme",
    reason: "a=b@c",
  });
  for (const text of ["GW2413", "GW2413=", "GW2413@=x", "=x", "GW1001=x", ""]) {
    assert.equal(ignoreFromText(text), undefined, text);
  }
});

const finding = (code: `GW${number}`, name: string, namespace?: string): Finding => ({
  code,
  severity: "error",
  message: "Wrong.",
  object: { apiVersion: "x/v1", kind: "HTTPRoute", name, ...(namespace === undefined ? {} : { namespace }) },
});

test("an object is meant by its name, in default also without a namespace, and by patterns", () => {
  const rows: readonly (readonly [pattern: string, name: string, namespace: string | undefined, expected: boolean])[] =
    [
      ["HTTPRoute store/acme", "acme", "store", true],
      ["HTTPRoute store/acme", "acme2", "store", false],
      ["HTTPRoute store/acme", "acme", undefined, false],
      ["HTTPRoute acme", "acme", "default", true],
      ["HTTPRoute default/acme", "acme", undefined, true],
      ["HTTPRoute store/*", "acme", "store", true],
      ["* store/*", "acme", "store", true],
      ["GRPCRoute store/*", "acme", "store", false],
      ["HTTPRoute *-canary", "acme-canary", "default", true],
      ["HTTPRoute st.re/acme", "acme", "store", false],
    ];
  for (const [object, name, namespace, expected] of rows) {
    const [marked] = withIgnored([finding("GW2413", name, namespace)], [{ code: "GW2413", object, reason: "r" }]);
    assert.equal(marked?.severity === "ignored", expected, `${object} ${namespace}/${name}`);
  }
});

test("ignoring loses nothing: each finding is kept or ignored with its severity and a reason; unused rules are told", () => {
  const codes = ["GW2413", "GW2401", "GW3006"] as const;
  const one = fc
    .tuple(fc.constantFrom(...codes), fc.constantFrom("a", "b"), fc.constantFrom("error", "advice", "note"))
    .map(([code, name, severity]): Finding => ({ ...finding(code, name, "store"), severity: severity as "error" }));
  const rule = fc.tuple(fc.constantFrom(...codes), fc.constantFrom("a", "b", "*", undefined)).map(
    ([code, name]): IgnoreRule => ({
      code,
      reason: `${code} ${name}`,
      ...(name === undefined ? {} : { object: `HTTPRoute store/${name}` }),
    }),
  );
  fc.assert(
    fc.property(fc.array(one), fc.array(rule, { maxLength: 4 }), (findings, rules) => {
      const marked = withIgnored(findings, rules);
      assert.equal(marked.length, findings.length);
      for (const [index, after] of marked.entries()) {
        const before = findings[index];
        const named = (name: string | undefined) =>
          name === undefined || name.endsWith("*") || name.endsWith(`/${before?.object?.name}`);
        const expected = rules.some(({ code, object }) => code === before?.code && named(object));
        assert.equal(after.severity === "ignored", expected);
        if (expected) assert.equal(after.ignored?.severity, before?.severity);
        else assert.deepEqual(after, before);
      }
      assert.deepEqual(withIgnored(marked, rules), marked, "ignoring twice is ignoring once");
      for (const note of unusedIgnores(marked, rules)) {
        const unused = rules.find(({ reason }) => reason === note.given);
        assert.ok(
          unused !== undefined && withIgnored(findings, [unused]).every(({ severity }) => severity !== "ignored"),
        );
      }
    }),
  );
});

const route = (annotation: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: acme
  namespace: store
  annotations:
    gatewright.dev/ignore: ${JSON.stringify(annotation)}
spec:
  parentRefs: [{name: shared, namespace: infra}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`;

const checked = (annotation: string) =>
  check(load([{ name: "x", ...parseDocuments(route(annotation), "x.yaml") }], { channel: "standard" }));
const outcome = (annotation: string) =>
  checked(annotation)
    .map(({ code, severity, ignored }) => `${code} ${severity}${ignored === undefined ? "" : `: ${ignored.reason}`}`)
    .sort();

test("an object's annotation ignores findings about it, several with lines or semicolons between them", () => {
  const both = ["GW2401 ignored: theirs", "GW2413 ignored: by Helm; really"];
  assert.deepEqual(outcome("GW2413: by Helm; really\nGW2401: theirs\n"), both);
  assert.deepEqual(outcome("GW2413: by Helm; really; GW2401: theirs"), both);
  assert.deepEqual(outcome("GW2413: x; GW3001: never"), ["GW1039 note", "GW2401 note", "GW2413 ignored: x"]);
});

test("an annotation that is no rule is an error at its object", () => {
  for (const text of ["GW2413", "GW2413:", "all of it", "GW1004: cannot be read"]) {
    const error = checked(text).find(({ severity }) => severity === "error");
    assert.equal(error?.code, "GW1038", text);
    assert.equal(error.object?.name, "acme");
    assert.match(error.field ?? "", /annotations/);
  }
});
