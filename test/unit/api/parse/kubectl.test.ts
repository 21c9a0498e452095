import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { emit } from "../../../../lib/targets/yaml.ts";

/** The data of a ConfigMap written as `text`; undefined when it is refused. */
function read(text: string): unknown {
  const { declared, findings } = parseDocuments(`kind: A\napiVersion: b/v1\nmetadata: {name: c}\n${text}`, "a.yaml");
  return findings.length > 0 ? findings[0]?.code : (declared[0]?.object as { data?: unknown } | undefined)?.data;
}

/** YAML, and what kubectl makes of it: the oracle of test/system/oracle reads the same. */
const values: readonly (readonly [string, unknown])[] = [
  ["data: 0120", 80],
  ["data: 0177777", 65_535],
  ["data: 08", 8],
  ["data: 1_0", 10],
  ["data: 8_0", 80],
  ["data: 65_535", 65_535],
  ["data: 1_000", 1000],
  ["data: 0X50", 80],
  ["data: +0x50", 80],
  ["data: -0x1F", -31],
  ["data: 0b1010000", 80],
  ["data: 0o17", 15],
  ["data: 1e5_0", 1e50],
  ["data: 1e999", "1e999"],
  ["data: _1", "_1"],
  ["data: 1.5", 1.5],
  ["data: .5", 0.5],
  ["data: 12:30", "12:30"],
  ["data: 2020-01-01", "2020-01-01"],
  ["data: 2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"],
  ["data: on", true],
  ["data: n", false],
  ["data: ~", null],
  ["data: '0120'", "0120"],
  ["data: !!str 0120", "0120"],
  ["data: !!float 1", 1],
  ["data: !!binary aGk=", "hi"],
  ["data: !!timestamp 2020-01-01", "2020-01-01"],
  ["data: !own 5", "5"],
  ["data: {010: x}", { 8: "x" }],
  ["data: {1_0: x, on: z}", { 10: "x", true: "z" }],
  ["l: &l {a: m, b: m}\ndata: {a: z, <<: *l}", { a: "m", b: "m" }],
  ["l: &l {a: m, b: m}\ndata: {<<: *l, a: z}", { a: "z", b: "m" }],
  ["l: &l {a: m}\nn: &n {a: o, c: o}\ndata: {<<: [*l, *n]}", { a: "m", c: "o" }],
  ['data: "\\x41\\u00e9\\U0001F600"', "A\u00e9\u{1f600}"],
  ['data: "\\/"', "GW1001"],
  ['data: "\\ud800"', "GW1001"],
  ["data: a\u0085b", "GW1001"],
  ["data: a\u2028b", "GW1001"],
  ['data: |\n  {"a": "\\/"} don\'t', '{"a": "\\/"} don\'t\n'],
  ["data: .inf", "GW1001"],
  ["data: 'a\\/b' # \"\\/\"", "a\\/b"],
];

suite("YAML is read as kubectl reads it", () => {
  for (const [text, expected] of values) test(JSON.stringify(text), () => assert.deepEqual(read(text), expected));

  for (const head of ["%YAML 1.2\n---\n", "%TAG ! tag:acme.io,2026:\n---\n", "--- "]) {
    test(`${JSON.stringify(head)} before an object`, () => {
      const { declared, findings } = parseDocuments(
        `${head}{kind: A, apiVersion: b/v1, metadata: {name: c}}`,
        "a.yaml",
      );
      assert.deepEqual([declared.length, findings.map(({ code }) => code)], [0, ["GW1001"]]);
    });
  }
});

const json = (name: string, data: string) =>
  `{"kind": "A", "apiVersion": "b/v1", "metadata": {"name": "${name}"}, "data": "${data}"}`;

suite("JSON is read as kubectl reads it", () => {
  test("objects that follow each other", () => {
    const { declared, findings } = parseDocuments(
      `${json("a", "}{")}\n\n ${json("b", "x")}${json("c", "")}\n`,
      "a.json",
    );
    assert.deepEqual(findings, []);
    const places = declared.map(({ object, origin }) => [object.metadata.name, "line" in origin && origin.line]);
    assert.deepEqual(places, [
      ["a", 1],
      ["b", 3],
      ["c", 3],
    ]);
  });

  test("escapes that YAML does not have, and halves of surrogate pairs", () => {
    const { declared, findings } = parseDocuments(json("a", "\\/ \\ud800 \\ud83d\\ude00"), "a.json");
    assert.deepEqual(findings, []);
    assert.equal(declared[0]?.object.data, "/ \ufffd \u{1f600}");
  });

  test("what is written from it is YAML that kubectl reads", () => {
    const { declared } = parseDocuments(json("a", "\\ud800"), "a.json");
    assert.doesNotMatch(emit(declared), /\\u[dD][89a-fA-F]/);
  });
});
