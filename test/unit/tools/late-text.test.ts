import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { lateTexts } from "../../../tools/lint/late-text.ts";

const fixture = join(import.meta.dirname, "late-text/fixture.ts");

test("every way to turn a late value into text is found, and no other value is taken for late", () => {
  const program = ts.createProgram([fixture], {
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true },
    ...{ target: ts.ScriptTarget.ES2024, allowImportingTsExtensions: true, noEmit: true, skipLibCheck: true },
  });
  const found = lateTexts(program, [fixture], import.meta.dirname);
  const lines = readFileSync(fixture, "utf8").split("\n");
  const marked = lines.flatMap((line, index) => (line.endsWith("// late") ? [index + 1] : []));
  assert.deepEqual(
    [...new Set(found.map(({ place }) => Number(place.split(":")[1])))],
    marked,
    found.map(({ place, expression }) => `${place} ${expression}`).join("\n"),
  );
  assert.ok(marked.length > 8);
});
