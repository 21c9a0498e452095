import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { WatchOptions } from "../../../../proxy/control/workers/workers.ts";
import { scratch } from "../../cli/gatewright.ts";
import { extension, type SnapshotOptions, snapshot } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, replaced, startWorkers, until } from "./harness.ts";

/** A filter that harms its thread in the way that the request asks for. */
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
    if (harm === "hoard") { const hoard = []; for (;;) hoard.push({ like: [1, 2, 3] }); }
    if (harm === "fail") throw new Error("failed on purpose");
  },
})];
`;

async function startHarmed(
  t: TestContext,
  count: number,
  { delayMs, ...watch }: WatchOptions & { readonly delayMs?: number } = {},
) {
  const backend = await namedBackend(t, "main", delayMs);
  const path = join(await scratch(t), "harm.ts");
  await writeFile(path, harmful);
  const rules = [{ path: { type: "PathPrefix", value: "/harm" } as const, filters: [extension("Harm")] }, {}];
  const options: SnapshotOptions = { rules, endpoints: { main: backend.port } };
  const started = await startWorkers(t, count, options, { drainTimeout: 2_000 }, watch);
  const filters = { modules: [{ path, version: "1" }], kinds: new Map() };
  const [bound] = await started.workers.apply({ ...snapshot(options), filters });
  assert.equal(bound?.error, undefined);
  return { backend, ...started, port: bound?.localPort ?? 0 };
}

test("a thread that threw finishes what it has, beside the one that takes over, though it is the only one", async (t) => {
  const { workers, port, events } = await startHarmed(t, 1, { delayMs: 1_000 });
  const underWay = [ask(port), ask(port, { path: "/harm", headers: { "x-harm": "reject" } })];
  await new Promise((resolve) => setTimeout(resolve, 50));
  const thrower = ask(port, { path: "/harm", headers: { "x-harm": "throw" } });
  // At every moment some thread listens.
  await until("another thread", async () => {
    assert.equal((await ask(port, { path: "/harm", headers: { "x-harm": "fail" } })).status, 500);
    await workers.refresh();
    return workers.stats.workers.replaced > 0;
  });
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
    const { workers, port, events } = await startHarmed(t, 2, { heapMegabytes: 64 });
    await assert.rejects(ask(port, { path: "/harm", headers: { "x-harm": harm } }));
    await replaced(workers, 1);
    assert.match(events[0]?.type === "crashed" ? events[0].why.message : "", why);
    for (let i = 0; i < 20; i++) assert.equal((await ask(port)).status, 200);
  });
}

test("a thread that hangs is told, and then replaced, while the other serves", async (t) => {
  const { workers, port, events, threads } = await startHarmed(t, 2, { lookEvery: 300 });
  const blocked = ask(port, { path: "/harm", headers: { "x-harm": "block" } });
  await assert.rejects(blocked);
  await replaced(workers, 1);
  // On a busy machine, the other thread may have been late too.
  const [first, ...rest] = events.filter((event, at) => event.type !== "hung" || at === 0);
  assert.equal(first?.type, "hung");
  assert.deepEqual(
    rest.map((event) => ("why" in event ? event.why.message : event.type)),
    ["the thread has not answered for 4.5 s", "replaced"],
  );
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
