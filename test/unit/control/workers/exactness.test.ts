import assert from "node:assert/strict";
import { test } from "node:test";
import { startOf } from "../../../../lib/routing/split.ts";
import { gateway, mirrorTo, type SnapshotOptions, snapshot } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, startWorkers, until } from "./harness.ts";

const ruleId = "HTTPRoute/default/test/rules/0";

function assertExact(answers: readonly string[]): void {
  const canaries = answers.map((name) => (name === "canary" ? 1 : 0));
  for (let from = 0; from + 10 <= canaries.length; from++) {
    const some = canaries.slice(from, from + 10);
    assert.equal(
      some.reduce<number>((a, b) => a + b, 0),
      1,
      `from request ${from}: ${some.join("")}`,
    );
  }
}

test("any ten consecutive requests are split 9 to 1, whichever of four threads they come to", async (t) => {
  const [main, canary] = [await namedBackend(t, "main"), await namedBackend(t, "canary")];
  const options: SnapshotOptions = {
    rules: [{ backends: { main: 9, canary: 1 } }],
    endpoints: { main: main.port, canary: canary.port },
  };
  const { workers, port, threads } = await startWorkers(t, 4, options);
  const answers: string[] = [];
  const send = async (count: number) => {
    for (let i = 0; i < count; i++) answers.push((await ask(port)).text);
  };
  await send(600);
  // Turns continue from one configuration to the next.
  const more = [...(options.rules ?? []), { id: "another", path: { type: "Exact", value: "/other" } as const }];
  await workers.apply(snapshot({ ...options, rules: more }));
  await send(195);
  // Turns also continue in a thread that replaces another.
  await threads[0]?.terminate();
  await until("the other thread", async () => {
    await workers.refresh();
    return workers.stats.workers.replaced === 1;
  });
  await send(205);
  assertExact(answers);
  assert.equal(answers.length, 1_000);

  await workers.refresh();
  const { requests, picked } = workers.stats.gateway(gateway).rule(ruleId);
  assert.ok(requests <= 1_000 && requests > 700, `${requests} counted, by threads that are there and some that is not`);
  assert.equal(new Set(picked.keys()).size, 2);
});

test("a thousand requests at a time are split 900 to 100 over four threads", async (t) => {
  const [main, canary] = [await namedBackend(t, "main"), await namedBackend(t, "canary")];
  const { workers, port } = await startWorkers(t, 4, {
    rules: [{ backends: { main: 9, canary: 1 }, filters: [mirrorTo("mirror", 1, 4), mirrorTo("mirror", 1, 50)] }],
    endpoints: { main: main.port, canary: canary.port, mirror: (await namedBackend(t, "mirror")).port },
  });
  let left = 1_000;
  const client = async () => {
    while (left-- > 0) await ask(port);
  };
  await Promise.all(Array.from({ length: 50 }, client));
  assert.deepEqual([main.requests, canary.requests], [900, 100]);
  await workers.refresh();
  assert.equal(workers.stats.gateway(gateway).backend("default/mirror:80").mirrored, 270, "each mirror its own share");
  assert.equal(workers.stats.gateway(gateway).rule(ruleId).responses.success, 1_000);
});

test("replicas with a seed begin where it says, in the threads of one together", async (t) => {
  const [main, canary] = [await namedBackend(t, "main"), await namedBackend(t, "canary")];
  const options = {
    rules: [{ backends: { main: 9, canary: 1 } }],
    endpoints: { main: main.port, canary: canary.port },
  };
  const firsts: number[] = [];
  for (const seed of ["pod-a", "pod-b"]) {
    const { port, workers } = await startWorkers(t, 2, options, { seed });
    const answers: string[] = [];
    for (let i = 0; i < 30; i++) answers.push((await ask(port)).text);
    assertExact(answers);
    firsts.push(answers.indexOf("canary"));
    await workers.close();
  }
  assert.notEqual(startOf({ total: 10 }, "pod-a"), startOf({ total: 10 }, "pod-b"), "or this shows nothing");
  assert.notEqual(firsts[0], firsts[1]);
});
