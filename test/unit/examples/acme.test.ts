import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { readModule } from "../../../proxy/sources/module.ts";
import { root, run } from "./run.ts";

const golden = (name: string) => readFileSync(join(import.meta.dirname, "testdata", name), "utf8");

test("the acme program declares the class, the Gateway and the route", async () => {
  const { declared, findings } = await readModule(join(root, "examples/acme/acme.ts"), objectsOf);
  assert.deepEqual(findings, []);
  assert.equal(emit(declared), golden("acme.out.yaml"));
});

test("the unit test of its traffic passes", () => {
  const output = run("examples/acme", ["--test", "--test-reporter=tap", "acme.test.ts"]);
  assert.match(output, /^# pass 2$/m);
  assert.match(output, /^# fail 0$/m);
});

test("Carol's half alone is synthesized by cdk8s", () => {
  const outdir = mkdtempSync(join(tmpdir(), "gatewright-cdk8s-"));
  try {
    run("examples/cdk8s", ["main.ts"], { CDK8S_OUTDIR: outdir });
    assert.deepEqual(readdirSync(outdir), ["store.k8s.yaml"]);
    assert.equal(readFileSync(join(outdir, "store.k8s.yaml"), "utf8"), golden("cdk8s-store.out.yaml"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
