import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { simulate } from "../../../lib/testing/index.ts";
import { root } from "../../../tools/build/layout.ts";
import { gatewright } from "../cli/gatewright.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The first block of code of a language whose text contains a phrase. */
function block(language: string, phrase: string): string {
  const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const text = blocks.find(([, of, text = ""]) => of === language && text.includes(phrase))?.[2];
  assert.ok(text, `README.md has no block of ${language || "plain text"} with ${phrase}`);
  return text;
}

describe("the first screen of the README", () => {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-readme-"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(root, join(directory, "node_modules/gatewright"));
  symlinkSync(join(root, "node_modules/constructs"), join(directory, "node_modules/constructs"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  const program = join(directory, "shop.ts");
  writeFileSync(program, block("ts", "// shop.ts"));
  after(() => rmSync(directory, { recursive: true }));

  it("has a program that is checked without an error", async () => {
    const { code, stderr } = await gatewright(["check", program]);
    assert.equal(code, 0, stderr);
  });

  it("has the output of explain", async () => {
    const [, request = ""] = /explain shop\.ts -- (.*)/.exec(block("sh", "explain shop.ts")) ?? [];
    const { code, stdout, stderr } = await gatewright(["explain", program, "--", ...request.split(" ")]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, block("", "Gateway edge/public"));
  });

  it("has the answer of simulate", async () => {
    const { default: shop } = (await import(pathToFileURL(program).href)) as {
      default: Parameters<typeof simulate>[0];
    };
    const test = block("ts", "gatewright/testing");
    const [, url = ""] = /\.get\("([^"]+)"\)/.exec(test) ?? [];
    const [, backends = ""] = /toEqual\((\{.*\})\)/.exec(test) ?? [];
    assert.deepEqual(simulate(shop).get(url).backends, JSON.parse(backends));
  });

  it("has the words of the compiler for a Gateway in a developer's scope", () => {
    assert.match(
      block("", "TS2345"),
      /^error TS2345: Argument of type 'ApplicationDeveloper' .* 'ClusterOperator'\.$/m,
    );
  });
});
