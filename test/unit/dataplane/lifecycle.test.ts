import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import { ok } from "./harness/backend.ts";
import { gateway, snapshot } from "./harness/configuration.ts";
import { startBackend, startPair, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

test("a port in use is told, not thrown, and can be bound later", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const backend = await startBackend(t);
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const wanted = snapshot({ endpoints: { main: backend.port }, localPort: port });
  const [refused] = await proxy.apply(wanted);
  assert.equal(refused?.error?.code, "EADDRINUSE");
  assert.equal(refused?.localPort, port);
  taken.close();
  await once(taken, "close");
  const [bound] = await proxy.apply(wanted);
  assert.equal(bound?.error, undefined);
  assert.equal((await exchange(port, get("/"))).status, 200);
});

test("a port that cannot be served is told", async (t) => {
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const [tcp] = await proxy.apply(snapshot({ endpoints: {}, protocol: "TCP" }));
  assert.match(tcp?.error?.message ?? "", /TCP/);
  const base = snapshot({ endpoints: {} });
  const [unknown] = await proxy.apply({ ...base, sockets: [{ gateway, port: 81, host: "127.0.0.1", localPort: 0 }] });
  assert.match(unknown?.error?.message ?? "", /edge\/test has no port 81/);
  const [address] = await proxy.apply({ ...base, sockets: [{ gateway, port: 80, host: "192.0.2.1", localPort: 0 }] });
  assert.equal(address?.error?.code, "EADDRNOTAVAIL");
});

test("a socket that is gone from the snapshot finishes what is in flight and frees its port", async (t) => {
  const backend = await startBackend(t, async () => {
    await sleep(100);
    return ok("late");
  });
  const localPort = await unusedPort();
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const first = snapshot({ endpoints: { main: backend.port }, localPort });
  await proxy.apply(first);
  const idle = await dial(localPort);
  const busy = await dial(localPort);
  busy.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the request");
  const [moved] = await proxy.apply(snapshot({ endpoints: { main: backend.port } }));
  assert.notEqual(moved?.localPort, localPort);
  assert.equal(await idle.end(), "");
  const response = await busy.message();
  assert.equal(response.body, "late");
  assert.equal(response.headers.connection, "close");
  await busy.end();
  await assert.rejects(dial(localPort));
  const [back] = await proxy.apply(first);
  assert.equal(back?.error, undefined);
  assert.equal((await exchange(localPort, get("/"))).status, 200);
});

test("a Gateway that is gone closes its sockets and forgets its counters", async (t) => {
  const { proxy, port } = await startPair(t);
  await exchange(port, get("/"));
  assert.deepEqual(await proxy.apply({ gateways: [], sockets: [], endpoints: new Map() }), []);
  await assert.rejects(dial(port));
  assert.equal(proxy.stats.gateways.size, 0);
});

test("draining serves on for its delay with Connection: close, then stops accepting and finishes", async (t) => {
  const { backend, proxy, port } = await startPair(t, async ({ line }) => {
    await sleep(line.includes("slow") ? 300 : 0);
    return ok(line);
  });
  const idle = await dial(port);
  const busy = await dial(port);
  busy.send(get("/slow"));
  await eventually(() => backend.requests.length === 1, "the request");
  const drained = proxy.drain(150);
  await sleep(30);
  const fresh = await dial(port);
  fresh.send(get("/"));
  const response = await fresh.message();
  assert.equal(response.status, 200);
  assert.equal(response.headers.connection, "close");
  await fresh.end();
  await idle.end();
  await assert.rejects(dial(port));
  assert.equal((await busy.message()).body, "GET /slow HTTP/1.1");
  await drained;
  await eventually(() => backend.connections.every(({ ended }) => ended), "the end of the backend's connections");
});

test("draining cuts what does not finish", async (t) => {
  const { backend, proxy, port } = await startPair(t, () => undefined, { drainTimeout: 100 });
  const stuck = await dial(port);
  stuck.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the request");
  await proxy.drain(0);
  await stuck.end();
});

test("closing ends everything at once, twice does no harm, and nothing is bound afterwards", async (t) => {
  const { backend, proxy, port } = await startPair(t, () => undefined);
  const stuck = await dial(port);
  stuck.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the request");
  await proxy.close();
  await proxy.close();
  await stuck.end();
  await eventually(() => backend.connections.every(({ ended }) => ended), "the end of the backend's connections");
  const [bound] = await proxy.apply(snapshot({ endpoints: {} }));
  assert.match(bound?.error?.message ?? "", /closed/);
  await assert.rejects(dial(port));
});

test("snapshots that are applied at once take their turn", async (t) => {
  const backend = await startBackend(t);
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const applied = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      proxy.apply(snapshot({ rules: [{ id: `rule-${i}` }], endpoints: { main: backend.port } })),
    ),
  );
  const ports = new Set(applied.map(([bound]) => bound?.localPort));
  assert.equal(ports.size, 1);
  assert.deepEqual([...proxy.stats.gateway(gateway).rules.keys()], []);
  await exchange([...ports][0] ?? 0, get("/"));
  assert.deepEqual([...proxy.stats.gateway(gateway).rules.keys()], ["rule-9"]);
});
