import assert from "node:assert/strict";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

const rules = [
  { path: { type: "PathPrefix", value: "/a" }, backends: { a: 1 } },
  { path: { type: "PathPrefix", value: "/b" }, backends: { b: 1 } },
] as const;

test("idle connections to one endpoint make room for those to another", async (t) => {
  const a = await startBackend(t);
  const b = await startBackend(t);
  const { port } = await startProxy(
    t,
    { rules, endpoints: { a: a.port, b: b.port } },
    { limits: { upstreamConnections: 1 } },
  );
  for (const path of ["/a", "/b", "/a", "/b"]) assert.equal((await exchange(port, get(path))).status, 200);
  assert.deepEqual([a.connections.length, b.connections.length], [2, 2]);
});

test("an endpoint that has all connections hands on those that come free", async (t) => {
  const finish: (() => void)[] = [];
  const a = await startBackend(t, () => new Promise((resolve) => finish.push(() => resolve(ok("a")))));
  const b = await startBackend(t, () => ok("b"));
  const { proxy, port } = await startProxy(
    t,
    { rules, endpoints: { a: a.port, b: b.port } },
    { limits: { upstreamConnections: 2 } },
  );
  const busy = [await dial(port), await dial(port), await dial(port), await dial(port)];
  for (const connection of busy) connection.send(get("/a"));
  await eventually(() => finish.length === 2, "all connections to be in use");
  const other = exchange(port, get("/b"));
  const stats = proxy.stats.gateway(gateway).backends;
  await eventually(() => stats.get("default/b:80")?.active === 1, "the request to wait");
  // Two more requests wait for A and one for B. The next free connection is B's, since A has more than its share.
  finish.shift()?.();
  assert.equal((await other).body, "b");
  const done = Promise.all(busy.map((connection) => connection.message()));
  const pump = setInterval(() => finish.shift()?.(), 5);
  for (const { body } of await done) assert.equal(body, "a");
  clearInterval(pump);
  for (const connection of busy) connection.close();
});

test("a request for which no connection comes free in time is answered 503", async (t) => {
  const a = await startBackend(t, () => undefined);
  const b = await startBackend(t);
  const { port } = await startProxy(
    t,
    { rules, endpoints: { a: a.port, b: b.port } },
    { limits: { upstreamConnections: 1, connectTimeout: 150 } },
  );
  const busy = await dial(port);
  busy.send(get("/a"));
  await eventually(() => a.requests.length === 1, "the connection to be in use");
  const response = await exchange(port, get("/b"));
  assert.equal(response.status, 503);
  assert.match(response.body, /BackendConnectTimeout/);
  busy.socket.resetAndDestroy();
  await eventually(() => a.connections.every(({ ended }) => ended), "the end of the connection");
  assert.equal((await exchange(port, get("/b"))).status, 200);
});

for (const [bound, limits] of [
  ["to its endpoint", { endpointConnections: 2 }],
  ["to all endpoints", { upstreamConnections: 2 }],
] as const) {
  test(`requests that wait behind the bound for connections ${bound} fail with the connections, not one by one`, async (t) => {
    const port = await unusedPort();
    const proxy = await startProxy(
      t,
      { endpoints: { main: port } },
      { limits: { ...limits, connectTimeout: 20_000 }, ejection: { failures: 0 } },
    );
    const begun = performance.now();
    const responses = await Promise.all(Array.from({ length: 40 }, () => exchange(proxy.port, get("/"))));
    assert.deepEqual([...new Set(responses.map(({ status }) => status))], [503]);
    assert.ok(performance.now() - begun < 5_000, "none waited for its time to connect to end");
  });
}
