import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namedBackend, startWorkers, until } from "./harness.ts";

test("what is in flight in every thread is finished, connections say that they end, and then nobody listens", async (t) => {
  const backend = await namedBackend(t, "main", 400);
  const { workers, port, threads } = await startWorkers(t, 3, { endpoints: { main: backend.port } });
  const ends = threads.map((thread) => new Promise<number>((resolve) => thread.once("exit", resolve)));
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const inFlight = Array.from({ length: 30 }, () => ask(port, { agent }));
  await until("all of them at the backend", () => backend.requests === 30);
  const drained = workers.drain(200);
  await sleep(50);
  const during = ask(port);
  const answers = await Promise.all([...inFlight, during]);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.deepEqual(new Set(answers.map(({ headers }) => headers.connection)), new Set(["close"]));
  await drained;
  await assert.rejects(ask(port), /ECONNREFUSED/);
  await Promise.all(ends);
  const { requests } = workers.stats.gateway({ namespace: "edge", name: "test" }).backend("default/main:80");
  assert.equal(requests, 31, "all are counted");
});

test("what does not end is cut at the deadline", async (t) => {
  const backend = await namedBackend(t, "main", 60_000);
  const { workers, port } = await startWorkers(t, 2, { endpoints: { main: backend.port } }, { drainTimeout: 300 });
  const requests = Array.from({ length: 4 }, () => ask(port).then(String, ({ code }: NodeJS.ErrnoException) => code));
  await until("all of them at the backend", () => backend.requests === 4);
  await workers.drain(0);
  assert.deepEqual(new Set(await Promise.all(requests)), new Set(["ECONNRESET"]));
});

test("a thread that is gone does not keep the others from ending", async (t) => {
  const backend = await namedBackend(t, "main");
  const { workers, threads } = await startWorkers(t, 2, { endpoints: { main: backend.port } }, { drainTimeout: 0 });
  await threads[0]?.terminate();
  await workers.drain(0);
  for (const thread of threads) assert.equal(thread.threadId, -1);
});
