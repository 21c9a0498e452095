import assert from "node:assert/strict";
import { test } from "node:test";
import { gateway } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, startWorkers } from "./harness.ts";

test("any ten consecutive requests are split 9 to 1, whichever of four threads they come to", async (t) => {
  const [main, canary] = [await namedBackend(t, "main"), await namedBackend(t, "canary")];
  const rules = [{ backends: { main: 9, canary: 1 } }];
  const { workers, port } = await startWorkers(t, 4, { rules, endpoints: { main: main.port, canary: canary.port } });
  const answers: string[] = [];
  for (let i = 0; i < 1_000; i++) answers.push((await ask(port)).text);
  const canaries = answers.map((name) => (name === "canary" ? 1 : 0));
  for (let from = 0; from + 10 <= canaries.length; from++) {
    assert.equal(
      canaries.slice(from, from + 10).reduce<number>((a, b) => a + b, 0),
      1,
      `from request ${from}`,
    );
  }
  await workers.refresh();
  const rule = workers.stats.gateway(gateway).rule("HTTPRoute/default/test/rules/0");
  assert.deepEqual([rule.requests, rule.responses.success], [1_000, 1_000]);
});
