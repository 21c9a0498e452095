import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAllDocuments, stringify } from "yaml";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { splitStream } from "../../../../lib/api/parse/split.ts";

const object = fc.record(
  {
    apiVersion: fc.constant("example.com/v1"),
    kind: fc.constant("Thing"),
    metadata: fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/) }, { noNullPrototype: true }),
    spec: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
  },
  { noNullPrototype: true },
);

test("what is written as YAML or JSON is read back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(object, fc.boolean()), { maxLength: 5 }), (objects) => {
      const text = objects
        .map(([value, json]) =>
          json ? `${JSON.stringify(value)}\n` : stringify(value, { compat: "yaml-1.1", aliasDuplicateObjects: false }),
        )
        .join("---\n");
      const { declared, findings } = parseDocuments(text, "f");
      assert.deepEqual(findings, []);
      assert.deepEqual(
        declared.map((one) => JSON.stringify(one.object)),
        objects.map(([value]) => JSON.stringify(value)),
      );
    }),
  );
});

test("no text makes it throw, and every finding has a place in the text", () => {
  const fragment = fc.constantFrom(
    "a: ",
    "- ",
    "---\n",
    "...\n",
    "{",
    "}",
    "[",
    "]",
    "&x ",
    "*x",
    "|\n",
    ">",
    '"',
    "'",
    "\n",
    "  ",
    "\t",
    "#",
    "%TAG ! x\n",
    "!!str ",
    "? ",
    ": ",
    "kind: List\nitems:\n",
    "\ufeff",
    "\r\n",
    "\u0000",
    "<<: ",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fragment, fc.string()), { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      const lines = text.split("\n").length;
      for (const { origin } of parseDocuments(text, "f").findings) {
        assert(origin !== undefined && "file" in origin);
        assert((origin.line ?? 0) >= 1 && (origin.line ?? 0) <= lines);
        assert((origin.column ?? 1) >= 1);
      }
    }),
    { numRuns: 500 },
  );
});

test("the stream is cut where the parser cuts it", () => {
  const line = fc.constantFrom(
    "a: 1",
    "---",
    "--- # c",
    "---x",
    "...",
    "... # c",
    "# c",
    "",
    "  ---",
    "b: |\n  text\n  ---",
    "'quoted\n  ---'",
    "--- |\n  block",
    "- x",
    "----",
    "--- {a: b}",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = `${lines.join("\n")}\n`;
      const documents = parseAllDocuments(text);
      if (!Array.isArray(documents) || documents.some((document) => document.errors.length > 0)) return;
      const whole = documents.map((document) => document.toJS()).filter((value) => value !== null);
      const cut = splitStream(text)
        .flatMap(({ start, end }) => parseAllDocuments(text.slice(start, end)))
        .map((document) => ("toJS" in document ? document.toJS() : null))
        .filter((value) => value !== null);
      assert.deepEqual(cut, whole);
    }),
    { numRuns: 1000 },
  );
});
