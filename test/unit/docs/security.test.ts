import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../tools/build/layout.ts";

/** Matches `| promise | \`file\`: name of the test |`. */
const row = /^\| ([^|]+) \| `([^`]+)`: ([^|]+) \|$/gm;

const page = readFileSync(join(root, "docs/security.md"), "utf8");
const promises = [...page.matchAll(row)].map(([, promise = "", file = "", name = ""]) => ({ promise, file, name }));

/** Returns whether a file has a test with this name as it is in the source: names of tables have a placeholder. */
function hasTest(file: string, name: string): boolean {
  const path = join(root, file);
  if (!existsSync(path)) return false;
  const text = readFileSync(path, "utf8");
  return [`test("${name}"`, `test(\`${name}\``].some((call) => text.includes(call));
}

test("every promise of the threat model names a test that exists", () => {
  assert.ok(promises.length >= 30, `${promises.length} promises`);
  const missing = promises.filter(({ file, name }) => !hasTest(file, name));
  assert.deepEqual(missing, []);
});

test("every row of the table of promises is read", () => {
  const [, table = ""] = /## What is promised\n([\s\S]*?)\n## /.exec(page) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  assert.equal(rows.length - 2, promises.length);
  assert.equal(new Set(promises.map(({ promise }) => promise)).size, promises.length);
});

test("a test that does not exist is noticed", () => {
  assert.ok(!hasTest("test/unit/docs/security.test.ts", "no test has this name".replace("no", "any")));
  assert.ok(!hasTest("test/unit/docs/nowhere.test.ts", "every row of the table of promises is read"));
});
