import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { readModule } from "../../../proxy/sources/module.ts";
import { root, run } from "./run.ts";

test("the shop's routes name filters that its module registers, with objects that their schemas admit", async () => {
  const { declared, findings, filters } = await readModule(join(root, "examples/filters/shop.ts"), objectsOf);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    filters?.kinds.map(({ group, kind }) => `${group}/${kind}`),
    ["acme.io/RequireApiKey", "acme.io/SignRequest"],
  );
  assert.ok(filters !== undefined);
  const loaded = load([{ name: "shop.ts", declared, findings, filters }], { channel: "standard" });
  assert.deepEqual(
    check(loaded).filter(({ severity }) => severity === "error"),
    [],
  );
  const strict = check(loaded, { strict: true, only: "attachment" }).map(({ code }) => code);
  assert.deepEqual(strict, ["GW2101", "GW2413"], "a class and a Service, which a cluster brings");
});

test("the unit test of its filters passes", () => {
  const output = run("examples/filters", ["--test", "--test-reporter=tap", "shop.test.ts"]);
  assert.match(output, /^# pass 3$/m);
  assert.match(output, /^# fail 0$/m);
});
