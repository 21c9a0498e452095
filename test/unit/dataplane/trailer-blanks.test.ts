import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutBlanks } from "../../../proxy/dataplane/http1/trailers.ts";
import { trailerFields } from "../../../proxy/dataplane/http2/response-fields.ts";

test("blanks and tabs around a trailer's value are no part of it, and other bytes are", () => {
  for (const [value, kept] of [
    [" a b\t", "a b"],
    ["\xa0a\xa0 ", "\xa0a\xa0"],
    [" \t ", ""],
    ["\x85", "\x85"],
  ] as const) {
    assert.equal(withoutBlanks(value), kept);
    assert.equal(trailerFields(`x:${value}\r\n`).x, kept);
  }
});
