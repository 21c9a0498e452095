import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { decisionsPage } from "../../../tools/docs/decisions.ts";

test("docs/decisions/README.md is what `npm run docs` writes from the decisions", () => {
  assert.equal(readFileSync(join(root, "docs/decisions/README.md"), "utf8"), decisionsPage());
});

test("every decision names a room that exists", () => {
  for (const [, room = ""] of decisionsPage().matchAll(/^## `(.+)`$/gm)) assert.ok(existsSync(join(root, room)), room);
});
