import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../../tools/build/layout.ts";

const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root }).sort();

describe("the links of the documentation", () => {
  for (const page of pages) {
    it(`lead somewhere: ${page}`, () => {
      const text = readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```/gms, "");
      const broken = [...text.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)].filter(([, file = "", anchor]) => {
        const target = file === "" ? join(root, page) : join(root, dirname(page), file);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchors(readFileSync(target, "utf8")).has(anchor.slice(1));
      });
      assert.deepEqual(
        broken.map(([link]) => link),
        [],
      );
    });
  }
});

/** Returns the explicit anchors, and those that headings get from their text. */
function anchors(text: string): ReadonlySet<string> {
  const explicit = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...explicit, ...headings]);
}
