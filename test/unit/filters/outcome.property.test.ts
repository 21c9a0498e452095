import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkRequest, checkResponse } from "../../../lib/filters/outcome.ts";
import { normalizePath } from "../../../lib/routing/normalize.ts";
import { framingFields, modifyHeaders } from "../../../lib/routing/rewrite/headers.ts";
import {
  bit,
  CONTENT_LENGTH,
  fieldIdOfName,
  hopByHop,
  TRAILER,
} from "../../../proxy/dataplane/message/header-names.ts";

/** Names and values of a careless or malicious program: mostly valid, sometimes with a trap. */
const trap = fc.constantFrom("\r\n", "\n", "\0", " ", "\t", ":", "é", "✋", "%", "#", "?", "..", "\\");
const text = fc.array(fc.oneof({ weight: 6, arbitrary: fc.string({ maxLength: 6 }) }, trap), { maxLength: 4 });
const word = text.map((parts) => parts.join(""));
const name = fc.oneof(fc.constantFrom("x-a", "Set-Cookie", "Content-Length", "host", "TE", "transfer-encoding"), word);
const fields = fc.dictionary(name, fc.oneof(word, fc.array(word, { maxLength: 2 })), { maxKeys: 3 });
const edits = fc.record({ set: fields, add: fields, remove: fc.array(name, { maxLength: 3 }) }, { requiredKeys: [] });
const outcome = fc.oneof(
  fc.record({ headers: edits, host: word, path: word.map((rest) => `/${rest}`), query: word }, { requiredKeys: [] }),
  fc.record({ respond: fc.record({ status: fc.integer({ min: 99, max: 700 }), headers: fields, body: word }) }),
  fc.anything(),
);

const field = /^[!#$%&'*+\-.^_`|~0-9a-z]+: (?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

function soundFields(list: readonly string[]): void {
  for (let i = 0; i < list.length; i += 2) {
    assert.match(`${list[i]}: ${list[i + 1]}`, field);
    assert.equal(framingFields.has(list[i] as string), false);
  }
}

test("whatever a filter returns is refused, or is a head that can be sent and frames nothing", () => {
  let accepted = 0;
  fc.assert(
    fc.property(outcome, (returned) => {
      const before = { path: "/before", query: "b" };
      let checked: ReturnType<typeof checkRequest>;
      try {
        checked = checkRequest(returned, before);
      } catch (error) {
        assert.ok(error instanceof Error);
        return;
      }
      accepted++;
      if (checked.kind === "answer") {
        const { status, headers, body } = checked.answer;
        assert.ok(status >= 200 && status <= 599 && /^[\0-\xff]*$/.test(body));
        soundFields(headers.flatMap((one) => [one.name, one.value]));
      } else if (checked.kind === "change") {
        const { path, query, host, headers } = checked;
        const target = query === "" ? path : `${path}?${query}`;
        assert.deepEqual(normalizePath(target), { path, query }, "normalized, as every path that is forwarded");
        if (host !== undefined) assert.match(host.sent, /^[\w.:[\]-]+$/);
        if (headers !== undefined) soundFields(modifyHeaders([], headers));
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(accepted > 100, `${accepted} outcomes were accepted`);
});

test("whatever a filter returns for a response is refused, or leaves its framing alone", () => {
  const responses = fc.oneof(
    fc.record({ status: fc.integer({ min: 99, max: 700 }), headers: edits }, { requiredKeys: [] }),
    fc.anything(),
  );
  fc.assert(
    fc.property(responses, fc.constantFrom(200, 204, 304, 404, 500), (returned, before) => {
      let checked: ReturnType<typeof checkResponse>;
      try {
        checked = checkResponse(returned, before);
      } catch (error) {
        assert.ok(error instanceof Error);
        return;
      }
      const { status = before, headers } = checked;
      const bodiless = (code: number) => [204, 205, 304].includes(code);
      assert.equal(bodiless(status) && status !== before, false);
      assert.equal(bodiless(before) && status !== before, false);
      if (headers !== undefined) soundFields(modifyHeaders([], headers));
    }),
    { numRuns: 3_000 },
  );
});

test("the fields that are no filter's business are those that a modifier cannot touch on the wire", () => {
  const mask = hopByHop | bit(CONTENT_LENGTH) | bit(TRAILER);
  for (const known of ["host", "date", "expect", "x-forwarded-for", ...framingFields]) {
    assert.equal((bit(fieldIdOfName(known)) & mask) !== 0, framingFields.has(known), known);
  }
  assert.equal(framingFields.size, mask.toString(2).replaceAll("0", "").length);
});
