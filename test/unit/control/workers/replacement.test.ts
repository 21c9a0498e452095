import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { gateway, snapshot } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, replaced, startWorkers, until } from "./harness.ts";

test("a thread that is ended under load is replaced, and only what it had under way fails", async (t) => {
  const backend = await namedBackend(t, "main", 5);
  const { workers, port, threads, events } = await startWorkers(t, 2, { endpoints: { main: backend.port } });
  const failures: string[] = [];
  let sent = 0;
  let running = true;
  let inFlight = 0;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) {
      sent++;
      inFlight++;
      await ask(port, { agent })
        .then(({ status }) => status === 200 || failures.push(String(status)))
        .catch(({ code, message }: NodeJS.ErrnoException) => failures.push(code ?? message));
      inFlight--;
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 32 }, client);
  await until("traffic", () => sent > 300);
  for (const [index, thread] of [0, 1, 2].entries()) {
    const before = failures.length;
    const atMost = inFlight;
    await threads[thread]?.terminate();
    await replaced(workers, index + 1);
    const failed = failures.length - before;
    assert.ok(failed <= atMost, `${failed} failed, ${atMost} were under way: ${failures.slice(before).join(" ")}`);
  }
  const then = sent;
  await until("more traffic", () => sent > then + 300);
  running = false;
  await Promise.all(clients);
  assert.deepEqual(new Set(failures.filter((failure) => !/^(ECONNRESET|socket hang up)$/.test(failure))), new Set());
  await workers.refresh();
  const { crashed, running: there } = workers.stats.workers;
  assert.deepEqual([crashed, there], [3, 2]);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["crashed", "replaced", "crashed", "replaced", "crashed", "replaced"],
  );
});

test("counters never go down when a thread is replaced; what it had open is not open any more", async (t) => {
  const backend = await namedBackend(t, "main");
  const { workers, port, threads } = await startWorkers(t, 2, { endpoints: { main: backend.port } });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  t.after(() => agent.destroy());
  await Promise.all(Array.from({ length: 16 }, () => ask(port, { agent })));
  await workers.refresh();
  const rule = () => workers.stats.gateway(gateway).rule("HTTPRoute/default/test/rules/0");
  assert.equal(rule().requests, 16);
  assert.equal(workers.stats.connections.active, 16);
  for (const thread of [0, 1]) await threads[thread]?.terminate();
  await replaced(workers, 2);
  assert.deepEqual([rule().requests, rule().responses.success], [16, 16]);
  assert.deepEqual([workers.stats.connections.accepted, workers.stats.connections.active], [16, 0]);
  await ask(port);
  await workers.refresh();
  assert.equal(rule().requests, 17);
  await workers.apply(snapshot({ rules: [{ id: "other" }], endpoints: { main: backend.port } }));
  await workers.refresh();
  assert.deepEqual([...workers.stats.gateway(gateway).rules.keys()], [], "what is not configured is not counted on");
});
