import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { withPersonaRights } from "../../../tools/docs/persona-rights.ts";
import { rightsPage } from "../../../tools/docs/rights.ts";

test("docs/rights.md is what `npm run docs` writes from the rules", () => {
  assert.equal(readFileSync(join(root, "docs/rights.md"), "utf8"), rightsPage());
});

test("docs/personas.md holds the rights that PersonaAccess gives", () => {
  const page = readFileSync(join(root, "docs/personas.md"), "utf8");
  assert.equal(page, withPersonaRights(page));
});
