import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { codes, named, only, service } from "./samples.ts";

test("documents are read in order, each with the line on which its object begins", () => {
  const text = `# a comment\n\n${service("a")}---\n# another\n${service("b")}--- # and one here\n${service("c")}`;
  const { declared, findings } = parseDocuments(text, "f.yaml");
  assert.deepEqual(findings, []);
  assert.deepEqual(
    declared.map(({ object, origin }) => [object.metadata.name, origin]),
    [
      ["a", { file: "f.yaml", line: 3 }],
      ["b", { file: "f.yaml", line: 9 }],
      ["c", { file: "f.yaml", line: 14 }],
    ],
  );
});

test("empty documents and documents of comments are passed over", () => {
  assert.deepEqual(parseDocuments("", "f"), { declared: [], findings: [] });
  assert.deepEqual(parseDocuments("---\n---\n# nothing\n---\n...\n---\nnull\n", "f"), { declared: [], findings: [] });
});

test("a document may end with a marker", () => {
  assert.deepEqual(named(`${service("a")}...\n---\n${service("b")}`), ["a", "b"]);
});

test("a line of hyphens inside a block scalar does not end the document", () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pem\ndata:\n  cert: |\n    -----BEGIN X-----\n    ---\n    -----END X-----\n---\n${service("b")}`;
  const { declared } = parseDocuments(text, "f");
  assert.deepEqual(declared[0]?.object.data, { cert: "-----BEGIN X-----\n---\n-----END X-----\n" });
  assert.equal(declared[1]?.object.metadata.name, "b");
});

test("a byte order mark and Windows line ends change nothing", () => {
  const text = `${service("a")}---\n${service("b")}`;
  const plain = parseDocuments(text, "f");
  assert.deepEqual(parseDocuments(`\ufeff${text}`, "f"), plain);
  assert.deepEqual(parseDocuments(text.replaceAll("\n", "\r\n"), "f"), plain);
});

test("JSON is read as it is, and inside YAML", () => {
  const json = JSON.stringify(
    { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 80 }] } },
    null,
    2,
  );
  assert.deepEqual(parseDocuments(json, "f.json").declared[0]?.object, JSON.parse(json));
  assert.deepEqual(named(`${json}\n---\n${service("b")}---\n${json.replaceAll("\n", "")}\n`), ["a", "b", "a"]);
});

test("a List is unfolded, each item with its line; a typed list lends its items apiVersion and kind", () => {
  const text = `apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Service\n    metadata: {name: b}\nkind: List\nmetadata:\n  resourceVersion: ""\n`;
  const { declared, findings } = parseDocuments(text, "f");
  assert.deepEqual(findings, []);
  assert.deepEqual(
    declared.map(({ object, origin }) => [object.metadata.name, "line" in origin && origin.line]),
    [
      ["a", 3],
      ["b", 9],
    ],
  );
  const typed = parseDocuments(
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRouteList\nitems: [{metadata: {name: a}}]\n`,
    "f",
  );
  assert.equal(typed.declared[0]?.object.apiVersion, "gateway.networking.k8s.io/v1");
  assert.equal(typed.declared[0]?.object.kind, "HTTPRoute");
});

test("an item of a List that is no object loses none of the others", () => {
  const text = `apiVersion: v1\nkind: List\nitems:\n- 7\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n`;
  assert.deepEqual(named(text), ["a"]);
  const finding = only(text);
  assert.equal(finding.code, "GW1004");
  assert.match(finding.message, /items\[0\]/);
  assert.deepEqual([finding.line, finding.column], [4, 3]);
});

test("kinds of 2021 may lack an apiVersion, others may not", () => {
  const { declared } = parseDocuments(
    "kind: HTTPRoute\nmetadata: {name: a}\n---\nkind: ServiceImport\nmetadata: {name: b}\n",
    "f",
  );
  assert.deepEqual(
    declared.map(({ object }) => object.apiVersion),
    ["networking.x-k8s.io/v1alpha1", "multicluster.x-k8s.io/v1alpha1"],
  );
  const finding = only("kind: Service\nmetadata: {name: a}\n");
  assert.equal(finding.code, "GW1004");
  assert.match(finding.message, /apiVersion/);
});

test("one malformed document loses none of the others", () => {
  const text = `${service("a")}---\na: [1\n---\n${service("b")}---\n\tb: 1\n---\n${service("c")}`;
  assert.deepEqual(named(text), ["a", "b", "c"]);
  assert.deepEqual(codes(text), ["GW1001", "GW1001"]);
});

/** A malformed text, the position of its error, and the message of the finding. */
const malformed: readonly [string, number, number, RegExp][] = [
  ["a:\n\tb: 1", 2, 1, /[Tt]abs/],
  ["a: b: c", 1, 4, /mapping/i],
  ["a:\n  - b\n c: d", 3, 1, /same column/],
  ['a: "open', 1, 9, /closing/],
  ["a: [1, 2", 1, 9, /\]/],
  ["a: @b", 1, 4, /reserved character/],
  ["a: *nowhere", 1, 4, /anchor/],
  ["a\n: b", 2, 1, /./],
  ["a: 1\n\u0007b: 2", 2, 1, /U\+0007/],
  ["? [a, b]\n: c", 1, 3, /key/],
  ["a: .inf", 1, 4, /number/],
  ["a: 123456789012345678901234567890", 1, 4, /number/],
];

for (const [text, line, column, message] of malformed) {
  test(`${JSON.stringify(text)} is malformed at ${line}:${column}`, () => {
    const findings = parseDocuments(`# first\n---\n${text}\n`, "f.yaml").findings.filter(
      ({ code }) => code === "GW1001",
    );
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.match(finding?.message ?? "", message);
    assert.deepEqual(finding?.origin, { file: "f.yaml", line: line + 2, column });
    assert.ok(finding?.fix);
  });
}

test("what a malformed document says is not repeated: it may be the content of a Secret", () => {
  for (const text of ["password\n: hunter2", "a: *hunter2", 'a: "hunter2', "- a\nhunter2: b\n c", "a: [hunter2"]) {
    assert.doesNotMatch(JSON.stringify(parseDocuments(text, "f").findings), /hunter2/);
  }
});

test("a key twice in one mapping is a finding at the second, and the last value counts", () => {
  const text = `${service("a")}spec:\n  type: A\n  type: B\n`;
  const finding = only(text);
  assert.equal(finding.code, "GW1001");
  assert.deepEqual([finding.line, finding.column], [7, 3]);
  assert.match(finding.message, /"type"/);
  assert.deepEqual(parseDocuments(text, "f").declared[0]?.object.spec, { type: "B" });
});

test("aliases become copies, as far as the limit allows", () => {
  const text = `${service("a")}spec:\n  one: &one {port: 80}\n  two: *one\n  three: [*one, *one]\n`;
  const spec = parseDocuments(text, "f").declared[0]?.object.spec as Record<string, object>;
  assert.deepEqual(spec, { one: { port: 80 }, two: { port: 80 }, three: [{ port: 80 }, { port: 80 }] });
  assert.notEqual(spec.one, spec.two);
});

test("an anchor's name may be used again; an alias stands for the latest", () => {
  const text = `${service("a")}spec:\n  a: &x 1\n  b: *x\n  c: &x 2\n  d: *x\n`;
  assert.deepEqual(parseDocuments(text, "f").declared[0]?.object.spec, { a: 1, b: 1, c: 2, d: 2 });
});

test("merge keys are merged in the order of the text", () => {
  const text = `${service("a")}spec:\n  base: &base {a: 1, b: 2}\n  more: &more {b: 3, c: 4}\n  one: {b: 9, <<: *base}\n  two: {<<: [*base, *more]}\n`;
  const spec = parseDocuments(text, "f").declared[0]?.object.spec as Record<string, object>;
  assert.deepEqual(spec.one, { b: 2, a: 1 });
  assert.deepEqual(spec.two, { a: 1, b: 2, c: 4 });
});

test("binary data is refused at its first unprintable character", () => {
  assert.equal(only("\u0000\u0001\u0002ELF").code, "GW1001");
});

test("booleans are read as kubectl reads them", () => {
  const { declared } = parseDocuments(`${service("a")}spec: {a: yes, b: off, c: "on", d: y, e: yesterday}\n`, "f");
  assert.deepEqual(declared[0]?.object.spec, { a: true, b: false, c: "on", d: true, e: "yesterday" });
  assert.match(
    only("apiVersion: v1\nkind: Service\nmetadata:\n  name: on\n").message,
    /metadata.name is the boolean true/,
  );
});

test("keys become strings, and no key reaches the prototype", () => {
  const { declared } = parseDocuments(
    `${service("a")}data:\n  80: a\n  true: b\n  __proto__: {polluted: true}\n  constructor: c\n`,
    "f",
  );
  const data = declared[0]?.object.data as Record<string, unknown>;
  assert.deepEqual(Object.keys(data), ["80", "true", "__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(data), Object.prototype);
});

/** A text that is no Kubernetes object, the message of the finding, and its position. */
const strangers: readonly [string, RegExp, number, number][] = [
  ["just text", /a string/, 1, 1],
  ["[1, 2]", /a list/, 1, 1],
  ["apiVersion: v1\nmetadata: {name: a}", /no kind/, 1, 1],
  ["apiVersion: v1\nkind: 7\nmetadata: {name: a}", /kind is the number 7/, 2, 7],
  ["apiVersion: 1\nkind: Service\nmetadata: {name: a}", /apiVersion is the number 1/, 1, 13],
  ["apiVersion: v1\nkind: Service", /no metadata/, 2, 7],
  ["apiVersion: v1\nkind: Service\nmetadata: []", /no metadata/, 3, 11],
  ["apiVersion: v1\nkind: Service\nmetadata:\n  labels: {}", /no metadata.name/, 4, 3],
  ["apiVersion: v1\nkind: Service\nmetadata: {name: 2024}", /metadata.name is the number 2024/, 3, 11],
  ["apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: [b]}", /metadata.namespace is a list/, 3, 11],
  ["apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: [b]}", /metadata.labels is a list/, 3, 11],
  ["apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {tier: 1}}", /metadata.labels.tier is the number 1/, 3, 11],
];

for (const [text, message, line, column] of strangers) {
  test(`${JSON.stringify(text)} is not a Kubernetes object`, () => {
    const finding = only(text);
    assert.equal(finding.code, "GW1004");
    assert.match(finding.message, message);
    assert.deepEqual([finding.line, finding.column], [line, column]);
  });
}
