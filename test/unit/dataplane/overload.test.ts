import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { holding, ok } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startPair } from "./harness/setup.ts";
import { dial, eventually, get, RawConnection } from "./harness/wire.ts";

async function dialFrom(localAddress: string, port: number): Promise<RawConnection> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  await new Promise((resolve) => socket.once("connect", resolve));
  return new RawConnection(socket);
}

test("a request beyond those that may be under way is answered 503, on a connection that goes on", async (t) => {
  const { held, respond, letGo } = holding();
  const { proxy, port } = await startPair(t, respond, { limits: { requests: 2 } });
  const busy = [await dial(port), await dial(port)];
  for (const connection of busy) connection.send(get("/"));
  await eventually(() => held.length === 2, "two requests");
  const third = await dial(port);
  third.send(get("/"));
  const refused = await third.message();
  assert.equal(refused.status, 503);
  assert.equal(refused.headers["retry-after"], "1");
  assert.match(refused.body, /TooManyRequestsUnderWay/);
  assert.equal(proxy.stats.overload.requests, 1);
  assert.equal(proxy.stats.gateway(gateway).answers.get("TooManyRequestsUnderWay"), 1);
  // One request ends with its response, the other with its client.
  held.shift()?.();
  assert.equal((await busy[0]?.message())?.status, 200);
  busy[1]?.socket.resetAndDestroy();
  await eventually(() => proxy.stats.connections.active === 2, "the end of the second");
  for (let i = 0; i < 3; i++) {
    third.send(get("/"));
    await eventually(() => held.length === 1 + (i === 0 ? 1 : 0), "the request");
    letGo();
    assert.equal((await third.message()).status, 200);
  }
  for (const connection of [...busy, third]) connection.close();
});

test("refused requests with bodies leave their connections in order", async (t) => {
  const { held, respond, letGo } = holding();
  const { port } = await startPair(t, respond, { limits: { requests: 1 } });
  const busy = await dial(port);
  busy.send(get("/"));
  await eventually(() => held.length === 1, "a request");
  const other = await dial(port);
  other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  assert.equal((await other.message()).status, 503);
  letGo();
  await busy.message();
  other.send(get("/"));
  await eventually(() => held.length === 1, "the next request");
  letGo();
  assert.equal((await other.message()).status, 200);
  busy.close();
  other.close();
});

test("a connection too many takes the place of one that is idle, not of one in use or new", async (t) => {
  const { held, respond, letGo } = holding();
  const { proxy, port } = await startPair(t, respond, { limits: { connections: 2 } });
  const busy = await dial(port);
  busy.send(get("/"));
  const idle = await dial(port);
  await eventually(() => held.length === 1 && proxy.stats.connections.active === 2, "two connections");
  const early = await dial(port);
  assert.equal((await early.message()).status, 503);
  await sleep(1_300);
  const late = await dial(port);
  late.send(get("/"));
  await eventually(() => held.length === 2, "its request");
  assert.equal(await idle.end(), "");
  letGo();
  assert.equal((await late.message()).status, 200);
  assert.equal((await busy.message()).status, 200);
  const { shed, refused, active } = proxy.stats.connections;
  assert.deepEqual([shed, refused, active], [1, 1, 2]);
  busy.close();
  late.close();
});

test("connections of one address are bounded, those of others are not concerned", async (t) => {
  const { proxy, port } = await startPair(t, () => ok(), { limits: { addressConnections: 2 } });
  const first = await dialFrom("127.0.0.1", port);
  const second = await dialFrom("127.0.0.1", port);
  const third = await dialFrom("127.0.0.1", port);
  const refused = await third.message();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "1");
  assert.match(refused.body, /TooManyConnectionsOfAddress/);
  await third.end();
  const other = await dialFrom("127.0.0.2", port);
  other.send(get("/"));
  assert.equal((await other.message()).status, 200);
  assert.deepEqual([proxy.stats.overload.address, proxy.stats.connections.active], [1, 3]);
  first.close();
  await eventually(() => proxy.stats.connections.active === 2, "the end of the first");
  const fourth = await dialFrom("127.0.0.1", port);
  fourth.send(get("/"));
  assert.equal((await fourth.message()).status, 200);
  for (const connection of [second, other, fourth]) connection.close();
});

test("with trusted hops in front, addresses are bounded only if that is asked for", async (t) => {
  const open = async (limits: { addressConnections?: number }) => {
    const { proxy, port } = await startPair(t, () => ok(), { trustedHops: 1, limits });
    for (let i = 0; i < 3; i++) await dial(port).then((connection) => t.after(() => connection.close()));
    await eventually(() => proxy.stats.connections.active + proxy.stats.connections.refused === 3, "three connections");
    return proxy.stats.connections.refused;
  };
  assert.equal(await open({}), 0);
  assert.equal(await open({ addressConnections: 2 }), 1);
});
