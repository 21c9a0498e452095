import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { modifier, type SnapshotOptions, snapshot } from "../../dataplane/harness/configuration.ts";
import { ask, namedBackend, startWorkers, until } from "./harness.ts";

const clients = 64;
const swaps = 100;

test("64 clients of two threads lose no request while the configuration is swapped 100 times", async (t) => {
  const ports = [
    (await namedBackend(t, "a")).port,
    (await namedBackend(t, "b")).port,
    (await namedBackend(t, "c")).port,
  ];
  const version = (number: number): SnapshotOptions => ({
    rules: [
      {
        id: number % 2 === 0 ? "one" : "two",
        filters: [modifier("ResponseHeaderModifier", { set: { "x-version": String(number) } })],
        backends: { a: number % 10, b: 10 - (number % 10) },
      },
    ],
    endpoints: { a: ports[number % 3] as number, b: ports[(number + 1) % 3] as number },
  });
  const { workers, port } = await startWorkers(t, 2, version(0));
  const failures: string[] = [];
  let newest = 0;
  let sent = 0;
  let swapping = true;
  const client = async (keepAlive: boolean) => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (swapping) {
      sent++;
      const applied = newest;
      try {
        const { status, headers } = await ask(port, { agent });
        if (status !== 200) failures.push(String(status));
        else if (Number(headers["x-version"]) < applied)
          failures.push(`${headers["x-version"]} though ${applied} was said to be applied`);
      } catch (error) {
        failures.push(String(error));
      }
    }
    agent.destroy();
  };
  // Some clients open a connection for each request.
  const all = Array.from({ length: clients }, (_, index) => client(index % 8 !== 0));
  for (let number = 1; number <= swaps; number++) {
    const [bound] = await workers.apply(snapshot(version(number)));
    assert.deepEqual([bound?.localPort, bound?.error], [port, undefined]);
    newest = number;
    const before = sent;
    await until("requests", () => sent > before + 10);
  }
  swapping = false;
  await Promise.all(all);
  assert.deepEqual(failures.slice(0, 5), [], `${failures.length} of ${sent} failed`);
  assert.ok(sent > 1_000, `there was traffic: ${sent}`);
});
