import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gatewright, scratch } from "./gatewright.ts";

const cases: readonly (readonly [what: string, text: string, args: readonly string[], told: RegExp])[] = [
  ["nothing", "", [], /cannot be read: expected a document/],
  ["no YAML", "{", [], /cannot be read: unexpected end/],
  ["no contexts", "{}", [], /has no current context; its contexts: none/],
  [
    "another context than the one asked for",
    "contexts: [{ name: one, context: { cluster: c, user: u } }]\ncurrent-context: one\n",
    ["--context", "two"],
    /names no cluster for the context "two"; its contexts: one/,
  ],
];

for (const [what, text, args, told] of cases) {
  test(`a kubeconfig with ${what} is the user's to mend, and says how`, async (t) => {
    const file = join(await scratch(t), "config");
    writeFileSync(file, text);
    const { code, stderr } = await gatewright(["controller", "--kubeconfig", file, ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, told);
    assert.ok(stderr.includes(file), stderr);
    assert.doesNotMatch(stderr, /please report/);
  });
}

test("a kubeconfig that is not there is named", async () => {
  const { code, stderr } = await gatewright(["controller", "--kubeconfig", "/nonexistent/config"]);
  assert.equal(code, 2);
  assert.match(stderr, /the kubeconfig \/nonexistent\/config cannot be read: there is no such file/);
});

for (const value of ["soon", "0", "0.5"]) {
  test(`a watch cannot be idle for ${value} seconds`, async () => {
    const { code, stderr } = await gatewright(["controller", "--watch-idle", value]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`--watch-idle ${value}: expected (seconds|1 second or more)`));
  });
}
