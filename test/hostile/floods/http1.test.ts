import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { dialTLS } from "../../unit/dataplane/harness/tls.ts";
import { dial, get, type RawConnection } from "../../unit/dataplane/harness/wire.ts";
import { keyPairFor } from "../../unit/dataplane/tls/key-pairs.ts";
import { endings, withstand } from "./flood.ts";
import { open, startServing as start } from "./serving.ts";

/** Sends the bytes of `text` one by one on each connection that is still open. */
async function drip(connections: readonly RawConnection[], text: string, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  for (let at = 0; performance.now() < deadline; at++) {
    for (const connection of connections) if (!connection.ended) connection.send(text[at % text.length] as string);
    await sleep(50);
  }
}

test("slowloris: thousands of heads that come byte by byte are answered 408 in time", async (t) => {
  const proxy = await start(t, { headTimeout: 5_000 });
  const height = await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    const connections = await open(proxy.port, 2_000);
    await drip(connections, `GET / HTTP/1.1\r\nHost: a\r\n${"x: y\r\n".repeat(100)}`, 1.5);
    await measure();
    assert.deepEqual(await endings(connections), { 408: 2_000 });
  });
  assert.ok(height.active >= 2_000, `${height.active} connections at the height`);
});

test("heads that stop just below their limit are bounded, and their memory is given back", async (t) => {
  const proxy = await start(t, { headTimeout: 4_000 });
  await withstand(t, proxy, { mebibytes: 128 }, async (measure) => {
    const connections = await open(proxy.port, 500);
    for (const connection of connections) connection.send(`GET / HTTP/1.1\r\nHost: a\r\nx: ${"y".repeat(60_000)}`);
    await sleep(500);
    await measure();
    assert.deepEqual(await endings(connections), { 408: 500 });
  });
});

test("heads without end are answered 431 at their limit", async (t) => {
  const proxy = await start(t);
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    for (let round = 0; round < 4; round++) {
      const connections = await open(proxy.port, 100);
      for (const connection of connections) connection.send(`GET / HTTP/1.1\r\nHost: a\r\nx: ${"y".repeat(500_000)}`);
      await measure();
      assert.deepEqual(await endings(connections), { 431: 100 });
    }
  });
});

test("thousands of fields are answered 431", async (t) => {
  const proxy = await start(t);
  const fields = Array.from({ length: 5_000 }, (_, i) => `x-${i}: y\r\n`).join("");
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    const connections = await open(proxy.port, 200);
    for (const connection of connections) connection.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    await measure();
    assert.deepEqual(await endings(connections), { 431: 200 });
  });
});

test("bodies that come byte by byte are answered 408 where a rate is asked for", async (t) => {
  const proxy = await start(t, { bodyRate: 1_000, bodyRatePeriod: 1_000 });
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    const connections = await open(proxy.port, 500);
    for (const connection of connections)
      connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n");
    await drip(connections, "x", 2);
    await measure();
    const ends = await endings(connections);
    // The backend answers before the body is complete, which ends the wait for the rest too.
    assert.equal((ends[408] ?? 0) + (ends[200] ?? 0), 500, JSON.stringify(ends));
  });
});

test("bodies that stop coming are answered 408", async (t) => {
  const proxy = await start(t, { bodyIdleTimeout: 1_000 });
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    const connections = await open(proxy.port, 500);
    for (const connection of connections) {
      connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\nx");
    }
    await sleep(300);
    await measure();
    const ends = await endings(connections);
    assert.equal((ends[408] ?? 0) + (ends[200] ?? 0), 500, JSON.stringify(ends));
  });
});

test("clients that do not read hold no more than a window each, and are cut", async (t) => {
  const proxy = await start(t, { writeTimeout: 1_000 });
  await withstand(t, proxy, { mebibytes: 128 }, async (measure) => {
    const connections = await open(proxy.port, 100);
    for (const connection of connections) {
      connection.socket.pause();
      connection.send(get("/large"));
    }
    await sleep(600);
    await measure();
    await sleep(2_000);
    for (const connection of connections) connection.close();
  });
});

test("requests that are sent without their answers being read are not collected", async (t) => {
  const proxy = await start(t, { writeTimeout: 1_000 });
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    const connections = await open(proxy.port, 50);
    const piece = get("/", [`x: ${"y".repeat(500)}`]).repeat(100);
    for (const connection of connections) {
      connection.socket.pause();
      for (let i = 0; i < 20; i++) connection.send(piece);
    }
    await sleep(600);
    await measure();
    for (const connection of connections) connection.close();
  });
});

test("requests whose clients reset their connections are forgotten", async (t) => {
  const proxy = await start(t);
  await withstand(t, proxy, { mebibytes: 96 }, async (measure) => {
    for (let round = 0; round < 20; round++) {
      const connections = await open(proxy.port, 100);
      for (const connection of connections) connection.send(get("/large"));
      await sleep(10);
      for (const { socket } of connections) socket.resetAndDestroy();
    }
    await measure();
  });
});

test("connections beyond their limit are turned away, and all is as before when they go", async (t) => {
  const proxy = await start(t, { connections: 500 });
  // A connection in use is not closed.
  const kept = await dial(proxy.port);
  t.after(() => kept.close());
  const canary = async () => {
    kept.send(get("/"));
    return (await kept.message()).status;
  };
  kept.send(get("/"));
  assert.equal((await kept.message()).status, 200);
  const before = await proxy.measure();
  const flood = await open(proxy.port, 1_500);
  for (const connection of flood) connection.send("GET / HT");
  const served: number[] = [];
  for (let i = 0; i < 20; i++) served.push(await canary());
  assert.deepEqual(new Set(served), new Set([200]));
  // A connection without any data yet makes room for the next one; others stay open.
  const turnedAway = ({ refused, accepted, active }: typeof before) => refused + accepted - active;
  let during = await proxy.measure();
  for (let tries = 0; turnedAway(during) < 1_000; tries++) {
    assert.ok(tries < 200, `${turnedAway(during)} turned away`);
    await sleep(50);
    during = await proxy.measure();
  }
  assert.ok(during.active <= 500, `${during.active} connections`);
  assert.ok(during.rss - before.rss < 64 * 1024 * 1024);
  for (const connection of flood) connection.close();
  for (let tries = 0; (await proxy.measure()).active > 1; tries++) {
    assert.ok(tries < 200, "connections are left");
    await sleep(50);
  }
  const next = await dial(proxy.port);
  next.send(get("/"));
  assert.equal((await next.message()).status, 200);
  next.close();
});

test("TLS handshakes that stop are cut in time", async (t) => {
  // The timeout leaves time for handshakes of other clients on a busy machine.
  const proxy = await start(t, { handshakeTimeout: 4_000 }, { tls: keyPairFor(["acme.io"]) });
  const canary = async () => {
    const connection = await dialTLS(proxy.port, { ALPNProtocols: ["http/1.1"] });
    connection.send(get("/"));
    const { status } = await connection.message();
    connection.close();
    return status;
  };
  await withstand(t, proxy, { mebibytes: 128, canary }, async (measure) => {
    const connections = await open(proxy.port, 1_000);
    // A ClientHello that is shorter than its length says.
    for (const connection of connections) connection.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    await sleep(300);
    await measure();
    assert.deepEqual(await endings(connections), { none: 1_000 });
  });
});
