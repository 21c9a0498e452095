import assert from "node:assert/strict";
import { test } from "node:test";
import { Backend, ok, rawBackend } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

const main = "default/main:80";

test("a dead endpoint is tried a few times, left out, and used again once it lives", async (t) => {
  const alive = await startBackend(t, () => ok("alive"));
  const dead = await unusedPort();
  const { proxy, port } = await startProxy(
    t,
    { endpoints: { main: [dead, alive.port] } },
    { ejection: { baseTime: 300, maxTime: 300 } },
  );
  const connection = await dial(port);
  const ask = async (): Promise<string> => {
    connection.send(get("/"));
    const response = await connection.message();
    assert.equal(response.status, 200);
    return response.body;
  };
  const stats = proxy.stats.gateway(gateway).backends.get(main);
  for (let i = 0; i < 200 && stats?.ejected === 0; i++) await ask();
  assert.equal(stats?.errors.connect, 5);
  assert.equal(stats?.ejections, 1);
  for (let i = 0; i < 20; i++) await ask();
  assert.equal(stats?.errors.connect, 5);
  const back = await new Backend(() => ok("back")).listen(dead);
  t.after(() => back.close());
  await eventually(() => back.connections.length > 0, "a connection that shows that it lives");
  assert.equal(await ask(), "back");
  assert.equal(stats?.ejected, 0);
  const bodies = new Set([await ask(), await ask()]);
  assert.deepEqual([...bodies].sort(), ["alive", "back"]);
  connection.close();
});

test("an endpoint that takes requests and never answers costs one request for each ejection", async (t) => {
  const alive = await startBackend(t);
  const hanging = await startBackend(t, () => undefined);
  const { proxy, port } = await startProxy(
    t,
    { rules: [{ timeouts: { request: 100 } }], endpoints: { main: [hanging.port, alive.port] } },
    { ejection: { failures: 3, baseTime: 200, maxTime: 200 } },
  );
  const stats = proxy.stats.gateway(gateway).backends.get(main);
  const ask = async () => (await exchange(port, get("/"))).status;
  let failed = 0;
  while (stats?.ejected === 0) if ((await ask()) !== 200) failed++;
  assert.equal(failed, 3);
  const trials = hanging.requests.length;
  const statuses: number[] = [];
  await eventually(() => hanging.connections.length > 3, "a connection that tries");
  await Promise.all(Array.from({ length: 10 }, async () => statuses.push(await ask())));
  assert.equal(statuses.filter((status) => status === 504).length, 1);
  assert.equal(hanging.requests.length, trials + 1);
  assert.equal(stats?.ejected, 1);
});

test("kept connections that turn out to be closed are nobody's fault", async (t) => {
  const stale = await startBackend(t, (_request, connection) => {
    const served = connection as { served?: boolean };
    if (served.served) connection.socket.resetAndDestroy();
    served.served = true;
    return ok();
  });
  const other = await startBackend(t);
  const { proxy, port } = await startProxy(
    t,
    { endpoints: { main: [stale.port, other.port] } },
    { ejection: { failures: 1 } },
  );
  const connection = await dial(port);
  for (let i = 0; i < 40; i++) {
    connection.send(get("/"));
    assert.equal((await connection.message()).status, 200);
  }
  assert.ok(proxy.stats.resent > 0);
  assert.equal(proxy.stats.gateway(gateway).backends.get(main)?.ejections, 0);
  connection.close();
});

const faults: readonly (readonly [string, string | undefined, number])[] = [
  ["breaks before it answers", undefined, 1],
  ["does not speak HTTP", "SSH-2.0-server\r\n\r\n", 1],
  ["answers 503", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 0],
];

for (const [what, answer, ejections] of faults) {
  test(`an endpoint that ${what} is ${ejections === 1 ? "left out" : "used on, unless that is asked for"}`, async (t) => {
    const faulty = await rawBackend((connection) => {
      connection.socket.on("data", () => {
        if (answer === undefined) connection.socket.resetAndDestroy();
        else connection.send(answer);
      });
    });
    t.after(() => faulty.close());
    const other = await startBackend(t);
    for (const statuses of [[], [503]]) {
      const { proxy, port } = await startProxy(
        t,
        { endpoints: { main: [faulty.port, other.port] } },
        { ejection: { statuses } },
      );
      for (let i = 0; i < 20; i++) await exchange(port, get("/"));
      const stats = proxy.stats.gateway(gateway).backends.get(main);
      assert.equal(stats?.ejections, statuses.length > 0 ? 1 : ejections);
    }
  });
}
