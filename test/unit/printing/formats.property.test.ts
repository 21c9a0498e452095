import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { json } from "../../../lib/printing/json.ts";
import { limitedMessage } from "../../../lib/printing/limited.ts";
import { code, markdown, tableRow } from "../../../lib/printing/markdown.ts";
import { markup } from "../../../lib/printing/markup.ts";
import { streamed, text } from "../../../lib/printing/text.ts";
import { yaml } from "../../../lib/printing/yaml.ts";
import { hostile, runnerCommand, steering } from "./hostile.ts";

const property = (check: (value: string) => void) => fc.assert(fc.property(hostile, check), { numRuns: 2_000 });

test("a value in text stays in its line and shows as itself or as an escape", () => {
  property((value) => {
    const printed = streamed(text`${value} is not allowed`);
    assert.doesNotMatch(printed, steering);
    assert.doesNotMatch(printed, runnerCommand);
    assert.equal(String(text`${printed}`), printed, "escapes stay what they are");
  });
  assert.equal(String(text`${"a\nb\tc\u001b[m\u{e0041}\\d+"}`), "a\\nb\\tc\\u001b[m\\u{e0041}\\d+");
  assert.equal(String(text`${"acme.io/ü 日本 é"}`), "acme.io/ü 日本 é", "letters of all scripts are themselves");
});

test("text that is printed already is not escaped again, in any format", () => {
  assert.equal(String(text`${text`\u001b[1m${"\u001b"}`}`), "\u001b[1m\\u001b");
  assert.equal(String(markup`<b>${markup`<i>${"<"}</i>`}</b>`), "<b><i>&lt;</i></b>");
  assert.equal(String(markdown`${code("a_b")} and ${"a_b"}`), "`a_b` and `a_b`");
});

test("no line of text begins with a command to a CI runner, and addresses of IPv6 are left alone", () => {
  assert.equal(streamed(text`${"::error file=x,line=1::words"}`), "\\u003a:error file=x,line=1::words");
  assert.equal(streamed(text`  ${"::add-mask::a"}`), "  \\u003a:add-mask::a");
  assert.equal(streamed(text`${"::1"} and ${"[::1]:8080"}`), "::1 and [::1]:8080");
  assert.equal(streamed(text`a ${"##[error]x"}`), "a #\\u0023[error]x");
});

test("JSON reads back as the same value, and steers no terminal", () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile))), fc.nat(2), (value, indent) => {
      const printed = String(json(value, indent));
      for (const line of printed.split("\n")) assert.doesNotMatch(line, steering);
      assert.deepEqual(JSON.parse(printed), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});

test("YAML reads back as the same value, and steers no terminal", () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile))), (given) => {
      const value = JSON.parse(JSON.stringify(given).toWellFormed(), (_key, member: unknown) =>
        typeof member === "string" ? member.toWellFormed() : member,
      );
      if (Object.keys(value).some((key) => !key.isWellFormed())) return;
      const printed = String(yaml(value));
      for (const line of printed.split("\n")) assert.doesNotMatch(line.replaceAll("\t", ""), steering);
      for (const version of ["1.1", "1.2"] as const) assert.deepEqual(parse(printed, { version }), value);
    }),
    { numRuns: 500 },
  );
});

test("a cell of a Markdown table stays one cell, whatever a reader takes for an escape", () => {
  property((value) => {
    const row = String(tableRow([code(value), markdown`${value}`, markdown`end`]));
    assert.doesNotMatch(row, steering);
    // One reader takes each backslash for an escape of what follows, the other only one before a bar.
    assert.equal(row.replace(/\\[\\|]/g, "").split("|").length, 5, row);
    assert.equal(row.replaceAll("\\|", "").split("|").length, 5, row);
  });
});

test("a message for the Kubernetes API is one line of valid UTF-8 within its limit", () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 40 }), fc.integer({ min: 3, max: 400 }), (parts, most) => {
      const message = parts.join("");
      const limited = limitedMessage(message, most);
      assert.ok(Buffer.byteLength(limited) <= most);
      assert.ok(limited.isWellFormed());
      assert.doesNotMatch(limited, steering);
      assert.ok(
        !limited.includes("\ufffd") || message.toWellFormed().includes("\ufffd"),
        "no character is cut in half",
      );
    }),
    { numRuns: 1_000 },
  );
  assert.equal(limitedMessage("日本語", 9), "日本語");
  assert.equal(limitedMessage("日本語", 8), "日…");
});
