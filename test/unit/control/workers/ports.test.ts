import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { canSharePorts } from "../../../../proxy/control/workers/shared-ports.ts";
import { Workers } from "../../../../proxy/control/workers/workers.ts";
import type { Snapshot } from "../../../../proxy/dataplane/routing/snapshot.ts";
import { snapshot } from "../../dataplane/harness/configuration.ts";
import { unusedPort } from "../../dataplane/harness/setup.ts";
import { ask, namedBackend, startWorkers } from "./harness.ts";

test("ports can be shared on Linux, from Node.js 23.1 on", () => {
  const versions = ["22.19.0", "23.0.9", "23.1.0", "24.21.0"];
  assert.deepEqual(
    versions.map((version) => canSharePorts(version, "linux")),
    [false, false, true, true],
  );
  assert.equal(canSharePorts("24.21.0", "darwin"), false);
});

test("a number of threads that cannot be is refused", () => {
  for (const count of [0, -1, 1.5, Number.NaN]) assert.throws(() => new Workers(count), RangeError);
});

test("a port that another process has is told once, and is had when it is free", async (t) => {
  const backend = await namedBackend(t, "main");
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const workers = new Workers(2);
  t.after(() => workers.close());
  const wanted = snapshot({ endpoints: { main: backend.port }, localPort: port });
  const refused = await workers.apply(wanted);
  assert.deepEqual(
    refused.map(({ localPort, error }) => [localPort, error?.code]),
    [[port, "EADDRINUSE"]],
  );
  taken.close();
  await once(taken, "close");
  assert.deepEqual(await workers.apply(wanted), wanted.sockets);
  assert.equal((await ask(port)).text, "main");
});

test("another proxy of the same user cannot slip in beside this one", async (t) => {
  const backend = await namedBackend(t, "main");
  const { port } = await startWorkers(t, 2, { endpoints: { main: backend.port } });
  const other = new Workers(2);
  t.after(() => other.close());
  const [bound] = await other.apply(snapshot({ endpoints: { main: backend.port }, localPort: port }));
  assert.equal(bound?.error?.code, "EADDRINUSE");
});

test("two Gateways cannot have the same port of one address", async (t) => {
  const backend = await namedBackend(t, "main");
  const workers = new Workers(2);
  t.after(() => workers.close());
  const port = await unusedPort();
  const one = snapshot({ endpoints: { main: backend.port }, localPort: port });
  const second = { namespace: "edge", name: "second" };
  const both: Snapshot = {
    ...one,
    gateways: [...one.gateways, ...one.gateways.map((ir) => ({ ...ir, gateway: second }))],
    sockets: [...one.sockets, ...one.sockets.map((socket) => ({ ...socket, gateway: second }))],
  };
  const bound = await workers.apply(both);
  assert.deepEqual(
    bound.map(({ gateway, error }) => [gateway.name, error?.message]),
    [
      ["test", undefined],
      ["second", "port 80 of the Gateway edge/test has this address"],
    ],
  );
  assert.equal((await ask(port)).text, "main");
});

test("where the system chooses the port, all threads have the same one, and keep it", async (t) => {
  const backend = await namedBackend(t, "main");
  const options = { endpoints: { main: backend.port } };
  const { workers, port, threads } = await startWorkers(t, 3, options);
  for (const thread of threads.slice()) {
    await thread.terminate();
    const [again] = await workers.apply(snapshot(options));
    assert.deepEqual([again?.localPort, again?.error], [port, undefined]);
    assert.equal((await ask(port)).text, "main");
  }
});

test("a port that is no longer configured is closed in all threads, and a closed proxy binds nothing", async (t) => {
  const backend = await namedBackend(t, "main");
  const options = { endpoints: { main: backend.port } };
  const { workers, port } = await startWorkers(t, 2, options);
  await workers.apply({ ...snapshot(options), sockets: [] });
  for (let i = 0; i < 10; i++) await assert.rejects(ask(port), /ECONNREFUSED/);
  await workers.close();
  const [bound] = await workers.apply(snapshot(options));
  assert.equal(bound?.error?.message, "the proxy is closed");
});
