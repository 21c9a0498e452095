import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { type AdmittedObjects, LastGood } from "../../../proxy/control/last-good.ts";

const route = (name: string, port: number | string = 80) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: a, port: ${port} }] }] }
`;

function source(name: string, ...documents: string[]): SourceContent {
  return { name, ...parseDocuments(documents.join("---\n"), name) };
}

/** Returns each route with the port of its backend. */
function routes({ objects }: AdmittedObjects): string[] {
  return objects
    .map(({ object }) => {
      assert.ok(object.kind === "HTTPRoute");
      return `${object.metadata.name} ${object.spec.rules[0]?.backendRefs?.[0]?.port}`;
    })
    .sort();
}

const names = (objects: AdmittedObjects["kept"]) => objects.map(({ kind, name }) => `${kind} ${name}`);

test("an object that was never good is left out, the others are taken", () => {
  const admitted = new LastGood("standard").admit([source("a", route("good"), route("bad", 99_999))]);
  assert.deepEqual(routes(admitted), ["good 80"]);
  assert.deepEqual(names(admitted.leftOut), ["HTTPRoute bad"]);
  assert.deepEqual(admitted.kept, []);
});

test("a version that is refused leaves the object as it was, however often it comes", () => {
  const lastGood = new LastGood("standard");
  lastGood.admit([source("a", route("one"), route("two"))]);
  for (let i = 0; i < 2; i++) {
    const admitted = lastGood.admit([source("a", route("one", 99_999), route("two", 81))]);
    assert.deepEqual(routes(admitted), ["one 80", "two 81"]);
    assert.deepEqual(names(admitted.kept), ["HTTPRoute one"]);
  }
  const mended = lastGood.admit([source("a", route("one", 82))]);
  assert.deepEqual(routes(mended), ["one 82"]);
  assert.deepEqual(mended.kept, []);
});

test("a document that cannot be read removes nothing; what it may have held comes from before", () => {
  const lastGood = new LastGood("standard");
  lastGood.admit([source("a", route("one"), route("two"))]);
  const broken = lastGood.admit([source("a", route("one", 81), "kind: [\n")]);
  assert.deepEqual(routes(broken), ["one 81", "two 80"]);
  assert.deepEqual(names(broken.kept), ["HTTPRoute two"]);
  assert.deepEqual(routes(lastGood.admit([source("a", route("one", 81))])), ["one 81"], "mended, two is gone for good");
});

test("only the file with the fault keeps what it held", () => {
  const lastGood = new LastGood("standard");
  const directory = (one: string, two: string): SourceContent => {
    const [a, b] = [parseDocuments(one, "d/one.yaml"), parseDocuments(two, "d/two.yaml")];
    return { name: "d", declared: [...a.declared, ...b.declared], findings: [...a.findings, ...b.findings] };
  };
  lastGood.admit([directory(route("one"), route("two"))]);
  assert.deepEqual(routes(lastGood.admit([directory("kind: [\n", "")])), ["one 80"]);
});

test("a module that fails keeps all that it declared", () => {
  const lastGood = new LastGood("standard");
  const module = (declared: SourceContent["declared"], findings: SourceContent["findings"]): SourceContent => ({
    name: "m.ts",
    declared,
    findings,
  });
  const declared = parseDocuments(route("one"), "x").declared.map(({ object }) => ({
    object,
    origin: { construct: "app/one" },
  }));
  lastGood.admit([module(declared, [])]);
  const failed = lastGood.admit([
    module([], [{ code: "GW1007", severity: "error", message: "It threw.", origin: { file: "m.ts", line: 3 } }]),
  ]);
  assert.deepEqual(routes(failed), ["one 80"]);
  assert.deepEqual(routes(lastGood.admit([module([], [])])), []);
});

test("an object kept by an earlier source does not come back over a later one's", () => {
  const lastGood = new LastGood("standard");
  lastGood.admit([source("a", route("one", 1)), source("b", route("one", 2))]);
  assert.deepEqual(routes(lastGood.admit([source("a", "kind: [\n"), source("b", route("one", 3))])), ["one 3"]);
});

test("an object that its filter's schema refuses stays as it was; a module that fails keeps its filters", () => {
  const schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => (value === 5 ? { value } : { issues: [{ message: "not five" }] }),
    },
  } as const;
  const filters = { path: "/m.ts", version: "1", kinds: [{ group: "acme.io", kind: "Five", version: "v1", schema }] };
  const five = (spec: number) => `apiVersion: acme.io/v1\nkind: Five\nmetadata: { name: one }\nspec: ${spec}\n`;
  const specs = ({ extensions }: AdmittedObjects) => extensions.objects.map(({ object }) => object.spec);
  const registering: SourceContent = { name: "m.ts", declared: [], findings: [], filters };

  const lastGood = new LastGood("standard");
  const never = lastGood.admit([source("a", five(4)), registering]);
  assert.deepEqual([specs(never), names(never.leftOut)], [[], ["Five one"]]);
  assert.deepEqual(specs(lastGood.admit([source("a", five(5)), registering])), [5]);
  const refused = lastGood.admit([source("a", five(6)), registering]);
  assert.deepEqual([specs(refused), names(refused.kept)], [[5], ["Five one"]]);

  const broken: SourceContent = {
    name: "m.ts",
    declared: [],
    findings: [{ code: "GW1007", severity: "error", message: "threw", origin: { file: "m.ts" } }],
  };
  const kept = lastGood.admit([source("a", five(5)), broken]);
  assert.deepEqual([kept.filters, specs(kept)], [[filters], [5]]);
  const removed = lastGood.admit([source("a", five(5)), { name: "m.ts", declared: [], findings: [] }]);
  assert.deepEqual([removed.filters, removed.extensions.kinds], [[], []]);
});
