import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonText } from "../../../../proxy/dataplane/observe/json-text.ts";

const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...'a"\\\n\r\t\u0000\u007f\u009b\u2028\ud800é') }),
);

test("whatever the text, the result is one JSON string of visible ASCII within its bound", () => {
  fc.assert(
    fc.property(anything, fc.integer({ min: 12, max: 64 }), (text, longest) => {
      const json = jsonText(text, longest);
      assert.match(json, /^"[ -~]*"$/);
      assert.ok(json.length <= longest + 2, `${json.length} > ${longest} + 2`);
      const read: unknown = JSON.parse(json);
      assert.equal(typeof read, "string");
      if (read !== text) assert.ok((read as string).endsWith("…") && text.startsWith((read as string).slice(0, -1)));
    }),
  );
});

test("text that fits is told whole, and what does not is cut visibly", () => {
  assert.equal(jsonText("/store?a=b", 20), '"/store?a=b"');
  assert.equal(jsonText('a"b\\c\n\u001b[31m', 40), '"a\\"b\\\\c\\n\\u001b[31m"');
  assert.equal(jsonText("a".repeat(30), 20), `"${"a".repeat(14)}\\u2026"`);
  assert.equal(jsonText("\u0080".repeat(10), 20), '"\\u0080\\u0080\\u2026"');
});
