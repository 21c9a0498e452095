import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { catalog, tables } from "../../../lib/findings/catalog/catalog.ts";
import { root } from "../../../tools/build/layout.ts";
import { findingPages } from "../../../tools/docs/pages.ts";

describe("the pages of findings", () => {
  it("have each code once, in one table", () => {
    const codes = tables.flatMap((table) => Object.keys(table));
    assert.deepEqual(codes.sort(), [...catalog.keys()]);
  });

  it("are what `npm run docs` writes from the catalogues", () => {
    const directory = join(root, "docs/findings");
    const pages = Object.fromEntries(
      readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")]),
    );
    assert.deepEqual(pages, Object.fromEntries(findingPages(catalog)));
  });

  it("have an entry for every code that the sources report", () => {
    const unexplained = [];
    for (const file of globSync("{lib,proxy}/**/*.ts", { cwd: root })) {
      const source = readFileSync(join(root, file), "utf8");
      for (const [, code] of source.matchAll(/"(GW\d{4})"/g)) {
        if (!catalog.has(code as `GW${number}`)) unexplained.push(`${code} in ${file}`);
      }
    }
    assert.deepEqual(unexplained, []);
  });

  it("have an entry for no code that nothing reports", () => {
    const sources = globSync("{lib,proxy}/**/*.ts", { cwd: root, exclude: ["lib/findings/catalog/*.ts"] })
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("\n");
    assert.deepEqual(
      [...catalog.keys()].filter((code) => !sources.includes(code)),
      [],
    );
  });

  it("say in each entry what is wrong and what to do", () => {
    for (const [code, { title, explanation, fix }] of catalog) {
      assert.match(title, /^[\p{Lu}`].*[^.]$/u, `${code}: a title begins with a capital and ends without a full stop`);
      assert.match(explanation, /^.{20,}[.`)]$/s, `${code}: the explanation is a sentence`);
      assert.match(fix, /^.{10,}[.`)]$/s, `${code}: the fix is a sentence`);
    }
  });
});
