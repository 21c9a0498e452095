import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Workers } from "../../../proxy/control/workers/workers.ts";
import { scratch } from "../../cli/gatewright.ts";
import { extension, gateway, type SnapshotOptions, snapshot } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, startWorkers, until } from "./harness.ts";

const replaced = (workers: Workers, times: number) =>
  until(`${times} replaced`, async () => {
    await workers.refresh();
    return workers.stats.workers.replaced >= times && workers.stats.workers.running === workers.count;
  });

/** A filter that does to its thread what the request asks for. */
const harmful = `import { defineFilter } from "gatewright/filters";
export const filters = [defineFilter({
  group: "acme.io",
  kind: "Harm",
  request({ headers }) {
    const harm = headers.get("x-harm");
    if (harm === "throw") setTimeout(() => { throw new Error("thrown on purpose"); });
    if (harm === "reject") void Promise.reject(new Error("rejected on purpose"));
    if (harm === "exit") process.exit(3);
    if (harm === "block") for (;;);
    if (harm === "hoard") { const hoard = []; for (;;) hoard.push(new Array(100).fill({})); }
    if (harm === "fail") throw new Error("failed on purpose");
  },
})];
`;

async function startHarmed(t: TestContext, count: number, lookEvery?: number) {
  const backend = await namedBackend(t, "main");
  const path = join(await scratch(t), "harm.ts");
  await writeFile(path, harmful);
  const rules = [{ path: { type: "PathPrefix", value: "/harm" } as const, filters: [extension("Harm")] }, {}];
  const options: SnapshotOptions = { rules, endpoints: { main: backend.port } };
  const started = await startWorkers(t, count, options, { drainTimeout: 2_000 }, lookEvery);
  const filters = { modules: [{ path, version: "1" }], kinds: new Map() };
  const [bound] = await started.workers.apply({ ...snapshot(options), filters });
  assert.equal(bound?.error, undefined);
  return { backend, ...started, port: bound?.localPort ?? 0 };
}

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

test("a thread that threw finishes what it has, beside the one that takes over, though it is the only one", async (t) => {
  const { workers, port, events, threads } = await startHarmed(t, 1);
  const slow = await namedBackend(t, "slow", 1_000);
  const rules = [{ path: { type: "PathPrefix", value: "/harm" } as const, filters: [extension("Harm")] }, {}];
  const endpoints = { main: slow.port };
  await workers.apply(snapshot({ rules, endpoints }));
  const underWay = [ask(port), ask(port, { path: "/harm", headers: { "x-harm": "reject" } })];
  await new Promise((resolve) => setTimeout(resolve, 50));
  const thrower = ask(port, { path: "/harm", headers: { "x-harm": "throw" } });
  // At every moment somebody listens.
  const others = async () => {
    while (threads.length < 2 || workers.stats.workers.replaced === 0) {
      await ask(port, { path: "/harm", headers: { "x-harm": "fail" } });
      await workers.refresh();
    }
  };
  await others();
  const statuses = (await Promise.all([...underWay, thrower])).map(({ status }) => status);
  assert.deepEqual(statuses, [200, 200, 200]);
  assert.deepEqual(
    events.flatMap((event) => ("why" in event ? [`${event.type}: ${event.why.message}`] : [event.type])).sort(),
    ["crashed: thrown on purpose", "rejection: rejected on purpose", "replaced"],
  );
});

for (const [harm, why] of [
  ["exit", /ended by itself, with 3/],
  ["hoard", /memory limit/],
] as const) {
  test(`a thread that ends by ${harm} is replaced`, async (t) => {
    const { workers, port, events } = await startHarmed(t, 2);
    await assert.rejects(ask(port, { path: "/harm", headers: { "x-harm": harm } }));
    await replaced(workers, 1);
    assert.match(events[0]?.type === "crashed" ? events[0].why.message : "", why);
    for (let i = 0; i < 20; i++) assert.equal((await ask(port)).status, 200);
  });
}

test("a thread that hangs is told, and then replaced, while the other serves", async (t) => {
  const { workers, port, events, threads } = await startHarmed(t, 2, 200);
  const blocked = ask(port, { path: "/harm", headers: { "x-harm": "block" } });
  await assert.rejects(blocked);
  await replaced(workers, 1);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["hung", "crashed", "replaced"],
  );
  assert.match(events[1]?.type === "crashed" ? events[1].why.message : "", /has not answered for 3 s/);
  assert.equal(threads.length, 3);
  for (let i = 0; i < 20; i++) assert.equal((await ask(port)).status, 200);
});

test("what filters fail with in a thread is told, with its stack", async (t) => {
  const { workers, port } = await startHarmed(t, 1);
  const failures: unknown[] = [];
  workers.onFilterFailure = ({ filter, error }) => failures.push(filter, error);
  assert.equal((await ask(port, { path: "/harm", headers: { "x-harm": "fail" } })).status, 500);
  await until("the failure", () => failures.length > 0);
  const [filter, error] = failures as [string, Error];
  assert.equal(filter, "acme.io/Harm");
  assert.match(error.stack ?? "", /failed on purpose[\s\S]*harm\.ts/);
});
