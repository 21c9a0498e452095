import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gatewright, scratch } from "./gatewright.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/plan.md"), "utf8");
const acme = "examples/acme/acme.ts";

/** Returns a block of the page by its language line. */
function block(language: string): string {
  const found = new RegExp(`\\n\`\`\`\`?${language}\\n([^]*?)\\n\`\`\`\`?\\n`).exec(page)?.[1];
  return found ?? assert.fail(`docs/plan.md has no block ${language}`);
}

/** Writes the example unchanged, and with the change that the page describes. */
async function files(t: Parameters<typeof scratch>[0]) {
  const cwd = await scratch(t);
  const { stdout: old } = await gatewright(["synth", acme]);
  const changed = old
    .replace("weight: 9", "weight: 7")
    .replace(/weight: 1$/m, "weight: 3")
    .replace("value: /checkout", "value: /pay");
  await writeFile(join(cwd, "old.yaml"), old);
  await writeFile(join(cwd, "new.yaml"), changed);
  return cwd;
}

test("the page shows what the command prints", async (t) => {
  const cwd = await files(t);
  const text = await gatewright(["plan", "old.yaml", "new.yaml"], { cwd });
  assert.deepEqual([text.code, text.stderr], [0, ""]);
  assert.equal(`$ gatewright plan old.yaml new.yaml\n${text.stdout}`, `${block("console")}\n`);
  const markdown = await gatewright(["plan", "old.yaml", "new.yaml", "-o", "markdown"], { cwd });
  assert.equal(markdown.stdout, `${block("markdown")}\n`);
});

test("JSON has a version, and everything in it", async (t) => {
  const cwd = await files(t);
  const { stdout } = await gatewright(["plan", "old.yaml", "new.yaml", "-o", "json"], { cwd });
  const { version, changes, listeners } = JSON.parse(stdout);
  assert.equal(version, 1);
  assert.deepEqual(listeners, []);
  assert.deepEqual(
    changes.map(({ risk }: { risk: string }) => risk),
    ["fails", "shares", "serves"],
  );
});

test("nothing changes: nothing is told, from a program and from standard input as well", async (t) => {
  const cwd = await files(t);
  const { stdout, code } = await gatewright(["plan", join(cwd, "old.yaml"), acme]);
  assert.deepEqual([code, stdout], [0, "No change of traffic\n"]);
  const old = await readFile(join(cwd, "old.yaml"), "utf8");
  const piped = await gatewright(["plan", "-", "old.yaml"], { cwd, stdin: old });
  assert.deepEqual([piped.code, piped.stdout], [0, "No change of traffic\n"]);
});

test("--fail-on decides which changes end it with 1", async (t) => {
  const cwd = await files(t);
  const ended = async (...options: string[]) =>
    (await gatewright(["plan", "old.yaml", "new.yaml", ...options], { cwd })).code;
  assert.equal(await ended("--fail-on", "moves"), 0);
  assert.equal(await ended("--fail-on", "moves,fails"), 1);
  const wrong = await gatewright(["plan", "old.yaml", "new.yaml", "--fail-on", "risky"], { cwd });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Allowed are fails, moves, shares, handling, serves/);
});

test("what is not valid is told, and nothing is planned", async (t) => {
  const cwd = await files(t);
  const old = await readFile(join(cwd, "old.yaml"), "utf8");
  await writeFile(join(cwd, "bad.yaml"), old.replace("weight: 9", "weight: -9"));
  const { code, stdout, stderr } = await gatewright(["plan", "old.yaml", "bad.yaml"], { cwd });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /GW1106 .*weight/);
});

test("two sources are wanted, of which one may be standard input", async (t) => {
  const cwd = await files(t);
  const one = await gatewright(["plan", "old.yaml"], { cwd });
  assert.deepEqual(
    [one.code, one.stderr],
    [
      2,
      "error: plan: expected OLD NEW, two sources to compare, or --before OLD... --after NEW..., or --live NEW...; got 1 source\n",
    ],
  );
  assert.equal((await gatewright(["plan", "-", "-"], { cwd })).code, 2);
  assert.equal((await gatewright(["plan", "--before", "-", "--after", "-", "new.yaml"], { cwd })).code, 2);
  const mixed = await gatewright(["plan", "new.yaml", "--before", "old.yaml"], { cwd });
  assert.deepEqual([mixed.code, mixed.stderr.endsWith("got 1 source and --before\n")], [2, true]);
});

test("--before and --after take any number of sources", async (t) => {
  const cwd = await files(t);
  const [first, ...rest] = (await readFile(join(cwd, "old.yaml"), "utf8")).split(/^---\n/m);
  await writeFile(join(cwd, "class.yaml"), first ?? "");
  await writeFile(join(cwd, "rest.yaml"), rest.join("---\n"));
  const parts = ["class.yaml", "rest.yaml"];
  const same = await gatewright(["plan", "--before", ...parts, "--after", "old.yaml"], { cwd });
  assert.deepEqual([same.code, same.stdout], [0, "No change of traffic\n"]);
  const changed = await gatewright(["plan", "-o", "json", "--before", ...parts, "--after", ...parts, "new.yaml"], {
    cwd,
  });
  const { stdout } = await gatewright(["plan", "-o", "json", "old.yaml", "new.yaml"], { cwd });
  assert.deepEqual(JSON.parse(changed.stdout).changes, JSON.parse(stdout).changes);
});
