import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedComments } from "../../../tools/lint/comments.ts";

test("the lint rule refuses comments that open with a phrase in place of a sentence", () => {
  const source = `
/** Of a response. */
const status = 200;
/**
 * What becomes of a request.
 */
const outcome = "served"; // The same, for the client.
`;
  assert.deepEqual(
    refusedComments(source).map(({ line }) => line),
    [2, 4, 7],
  );
});

test("the lint rule takes sentences, and the later lines of a comment", () => {
  const source = `
/** HTTP status. Set on responses only. */
const status = 200;
// The proxy counts a response once. It counts retries apart.
// What a filter answers counts too.
const text = "// Of no concern";
`;
  assert.deepEqual(refusedComments(source), []);
});
