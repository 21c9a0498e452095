import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { compareObjects } from "../../../lib/targets/order.ts";
import { emit, emitFiles } from "../../../lib/targets/yaml.ts";

const declare = (object: unknown): Declared => ({ object: object as AnyObject, origin: { construct: "test" } });

function parsed(text: string, version: "1.1" | "1.2"): unknown[] {
  return parseAllDocuments(text, { version, merge: true }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
}

/** The pairs in testdata, each named after what it shows: JSON objects in, YAML out. */
for (const name of [
  "objects come in the order of application, then by namespace and name",
  "keys are sorted below apiVersion, kind and metadata",
  "an object that is declared twice is written twice",
  "strings that a YAML version would misread are quoted",
]) {
  test(name, () => {
    const file = join(import.meta.dirname, "testdata", name.replaceAll(/[ ,]+/g, "-"));
    const objects = JSON.parse(readFileSync(`${file}.in.json`, "utf8")) as unknown[];
    const shared = objects.map((object) => declare(object));
    const text = emit(shared);
    assert.equal(text, readFileSync(`${file}.out.yaml`, "utf8"));
    assert.equal(emit([...shared].reverse()), text);
  });
}

test("one object in two places is written out in both, without aliases", () => {
  const backend = { name: "a", port: 80 };
  const text = emit([
    declare({ apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec: { first: backend, second: [backend] } }),
  ]);
  assert.doesNotMatch(text, /[&*]/);
});

test("no objects are no text, and no files", () => {
  assert.equal(emit([]), "");
  assert.deepEqual(emitFiles([]), []);
});

test("each object has a file whose name sorts it into the order of application", () => {
  const objects = [
    { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: "r", namespace: "store" } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "store" } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "store" } },
    { apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", metadata: { name: "lb" } },
  ];
  const files = emitFiles(objects.map(declare));
  assert.deepEqual(
    files.map(({ name }) => name),
    [
      "10-namespace.store.yaml",
      "50-deployment.apps.store.d.yaml",
      "60-gatewayclass.lb.yaml",
      "80-httproute.store.r.yaml",
    ],
  );
  assert.equal(files.map(({ text }) => text).join("---\n"), emit(objects.map(declare)));
});

test("objects of one file name share the file, and no name leads out of the directory", () => {
  const twice = { apiVersion: "v1", kind: "Service", metadata: { name: "../../Evil", namespace: "/etc" } };
  const files = emitFiles([declare(twice), declare({ ...twice, spec: {} })]);
  assert.equal(files.length, 1);
  assert.equal(files[0]?.name, "32-service._etc..._.._evil.yaml");
  assert.equal(parsed(files[0]?.text ?? "", "1.2").length, 2);
});

test("names that are too long for a file are cut, and differ where objects do", () => {
  const route = (last: string) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: `${"a".repeat(252)}${last}`, namespace: "n".repeat(63) },
  });
  const names = emitFiles([declare(route("x")), declare(route("y"))]).map(({ name }) => name);
  assert.equal(new Set(names).size, 2);
  for (const name of names) {
    assert.equal(Buffer.byteLength(name), 255);
    assert.match(name, /^80-httproute\.n{63}\.a+-[0-9a-f]{16}\.yaml$/);
  }
  assert.ok(names.includes(emitFiles([declare(route("y"))])[0]?.name ?? ""), "whatever stands beside it");
});

test("text that only double quotes can carry is in double quotes, escaped", () => {
  const spec = { control: "\x7f", separator: "a\u2028b", space: " \n" };
  const emitted = emit([declare({ apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec })]);
  const [, lines] = emitted.split("spec:\n");
  assert.equal(lines, '  control: "\\u007f"\n  separator: "a\\u2028b"\n  space: "\\ \\n"\n');
});

test("a value that only an engine knows is refused rather than written", () => {
  const object = { apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec: { port: { apply: () => undefined } } };
  assert.throws(() => emit([declare(object)]), /^TypeError: spec\.port of X x is a value that is known later/);
});

/** An unpaired surrogate is written as U+FFFD: see test/unit/api/parse/kubectl.test.ts. */
const text = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.string({ unit: "binary-ascii", maxLength: 12 }),
    fc.constantFrom(
      "yes",
      "Off",
      "~",
      "null",
      "0o17",
      "0777",
      "1e3",
      "12:30",
      "1_000",
      "0x1F",
      "-.inf",
      ".5",
      "=",
      "<<",
    ),
    fc.constantFrom(
      "2026-01-01",
      "2001-12-14t21:59:43.10-05:00",
      "0b11",
      "+1",
      "1.",
      "a: b",
      "- a",
      "#",
      "\n",
      " a ",
      "a\n b\n",
    ),
    fc.stringMatching(/^[0-9a-fxo_:.+-]{1,6}$/),
    fc.string({ unit: fc.constantFrom(..."a \n\r\t\0\x7f\x85\u2028\ufeff\ufffe\ud800'\"\\"), maxLength: 80 }),
  )
  .map((value) => value.toWellFormed());
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const objects = fc.array(
  fc.record({
    apiVersion: fc.constantFrom("v1", "gateway.networking.k8s.io/v1", "apps/v1"),
    kind: fc.constantFrom("Service", "HTTPRoute", "Gateway", "Deployment", "Namespace"),
    metadata: fc.record({ name: fc.stringMatching(/^[a-z0-9]{1,3}$/), namespace: fc.constantFrom("a", "b", "1e3") }),
    spec: data,
  }),
  { maxLength: 6 },
);

test("what is emitted parses to the same objects in both YAML versions", () => {
  fc.assert(
    fc.property(objects, (list) => {
      const emitted = emit(list.map(declare));
      for (const version of ["1.1", "1.2"] as const) {
        const found = parsed(emitted, version) as AnyObject[];
        const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        const canonical = (value: unknown) => JSON.parse(JSON.stringify(value, sortKeys)) as unknown;
        assert.deepEqual(found.map(canonical).sort(byText), list.map(canonical).sort(byText));
      }
    }),
  );
});

test("what is emitted is read back by the sources as the same objects", () => {
  fc.assert(
    fc.property(objects, (list) => {
      const { declared, findings } = parseDocuments(emit(list.map(declare)), "emitted.yaml");
      assert.deepEqual(findings, []);
      const text = (object: unknown) => JSON.stringify(object, sortKeys);
      assert.deepEqual(declared.map(({ object }) => text(object)).sort(), list.map(text).sort());
    }),
  );
});

test("the order of declaration does not show, and the order of application does", () => {
  fc.assert(
    fc.property(
      objects.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        const emitted = emit(list.map(declare));
        assert.equal(emit(shuffled.map(declare)), emitted);
        const found = parsed(emitted, "1.2") as AnyObject[];
        for (const [index, object] of found.slice(1).entries()) {
          assert.ok(compareObjects(found[index] as AnyObject, object) <= 0);
        }
      },
    ),
  );
});

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
