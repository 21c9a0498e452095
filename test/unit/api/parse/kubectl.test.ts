import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { emit } from "../../../../lib/targets/yaml.ts";
import { kubectlValues } from "./kubectl-values.ts";

/** Returns the data of a ConfigMap written as `text`; undefined if it is refused. */
function read(text: string): unknown {
  const { declared, findings } = parseDocuments(`kind: A\napiVersion: b/v1\nmetadata: {name: c}\n${text}`, "a.yaml");
  return findings.length > 0 ? findings[0]?.code : (declared[0]?.object as { data?: unknown } | undefined)?.data;
}

suite("YAML is read as kubectl reads it", () => {
  for (const [text, expected] of kubectlValues)
    test(JSON.stringify(text), () => assert.deepEqual(read(text), expected));

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
