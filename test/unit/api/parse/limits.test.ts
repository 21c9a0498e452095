import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { limits } from "../../../../lib/api/parse/limits.ts";
import { locate } from "../../../../lib/api/parse/locate.ts";
import { codes, named, only, service } from "./samples.ts";

test("many keys take no longer each than few", () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `  key-${index}: v`).join("\n");
  const start = performance.now();
  assert.deepEqual(codes(`${service("a")}data:\n${many}\n`), []);
  assert.ok(performance.now() - start < 10_000);
});

test("a document of 10 MiB is refused at once, and the others are read", () => {
  const text = `${service("a")}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata:\n  x: ${"x".repeat(10 * 1024 * 1024)}\n---\n${service("b")}`;
  const start = performance.now();
  assert.deepEqual(named(text), ["a", "b"]);
  const finding = only(text);
  assert.ok(performance.now() - start < 1000);
  assert.equal(finding.code, "GW1002");
  assert.equal(finding.given, "10 MiB");
  assert.equal(finding.line, 5);
});

const item = (name: string, note: number) =>
  `- apiVersion: v1\n  kind: Service\n  # a comment\n  metadata:\n    name: ${name}\n    annotations:\n      note: |\n        - not an item\n        ${"x".repeat(note)}\n`;

/** A List in each form in which tools write one, larger than the limit for documents that are parsed as a whole. */
const lists: Readonly<Record<string, (items: string) => string>> = {
  "block, kind last": (items) =>
    `apiVersion: v1\nitems: # these\n${items}kind: List\nmetadata:\n  resourceVersion: ""\n`,
  "block, kind first": (items) => `apiVersion: v1\nkind: List\nitems:\n\n${items}`,
  "block, indented": (items) => `kind: List\napiVersion: v1\nitems:\n${items.replace(/^(?=.)/gm, "  ")}`,
  JSON: (items) => JSON.stringify({ apiVersion: "v1", items: parse(items), kind: "List" }, null, 4),
  "JSON on one line": (items) => JSON.stringify({ kind: "List", apiVersion: "v1", items: parse(items) }),
};

for (const [form, write] of Object.entries(lists)) {
  test(`a List may be as large as a file, each item as large as a document: ${form}`, () => {
    const note = 512 * 1024;
    const text = `${service("before")}---\n${write([item("a", note), item("b", 5 * note), item("c", note), item("d", 7 * note), item("e", note)].join(""))}\n---\n${service("after")}`;
    assert.deepEqual(named(text), ["before", "a", "b", "c", "e", "after"]);
    assert.equal(only(text).code, "GW1002");
  });

  test(`a large List is read as a small one is, and its fields are found: ${form}`, () => {
    const names = Array.from({ length: 4000 }, (_, index) => `n${index}`);
    const text = write(names.map((name) => item(name, 10)).join(""));
    assert.ok(text.length > 256 * 1024);
    const { declared, findings } = parseDocuments(text, "f");
    assert.deepEqual(findings, []);
    assert.deepEqual(
      declared.map(({ object }) => object.metadata.name),
      names,
    );
    assert.deepEqual(declared[7]?.object, parse(item("n7", 10))[0]);
    const origin = declared[3999]?.origin;
    assert(origin !== undefined && "file" in origin && origin.line !== undefined);
    if (form === "JSON on one line") return;
    const place = locate(text, origin.line, "metadata.name");
    assert.match(text.split("\n")[(place?.line ?? 0) - 1] ?? "", /n3999/);
  });
}

test("items of a large typed list have its kind", () => {
  const items = Array.from(
    { length: 8000 },
    (_, index) => `- metadata:\n    name: route-${index}-of-a-long-name\n`,
  ).join("");
  const { declared } = parseDocuments(
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRouteList\nitems:\n${items}`,
    "f",
  );
  assert.equal(declared.length, 8000);
  assert.equal(declared[7999]?.object.kind, "HTTPRoute");
});

test("a document of nothing but brackets is refused before it fills the memory", () => {
  const start = performance.now();
  assert.equal(only(`${service("a")}spec: [${"[],".repeat(900_000)}]\n`).code, "GW1002");
  assert.ok(performance.now() - start < 10_000);
});

test("a file beyond the limit is not looked at", () => {
  const finding = only(" ".repeat(limits.file + 1));
  assert.equal(finding.code, "GW1002");
  assert.equal(finding.allowed, "at most 64 MiB");
});

test("a bomb of aliases is refused without being set off", () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) => `  l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`,
  );
  const text = `${service("a")}spec:\n  l0: &l0 [x, x]\n${levels.join("\n")}\n---\n${service("b")}`;
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  assert.deepEqual(named(text), ["b"]);
  assert.equal(only(text).code, "GW1003");
  assert.ok(performance.now() - start < 1000);
  assert.ok(process.memoryUsage().heapUsed - before < 64 * 1024 * 1024);
});

test("an alias inside what it repeats is refused", () => {
  assert.equal(only(`${service("a")}spec: &s\n  again: *s\n`).code, "GW1003");
});

for (const [what, deep] of Object.entries({
  brackets: "[".repeat(1_000_000),
  braces: "{a: ".repeat(500_000),
  "hyphens on a line": "- ".repeat(1_000_000),
  "indented mappings": Array.from({ length: 2000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
  "closed brackets": `${"[".repeat(100)}${"]".repeat(100)}`,
})) {
  test(`deep nesting is refused at once: ${what}`, () => {
    const start = performance.now();
    assert.equal(only(deep).code, "GW1003");
    assert.ok(performance.now() - start < 1000);
  });
}

test("what is nested as deep as manifests are is read", () => {
  const deep = `${"{a: ".repeat(50)}1${"}".repeat(50)}`;
  assert.deepEqual(codes(`${service("a")}spec: ${deep}\n`), []);
});
