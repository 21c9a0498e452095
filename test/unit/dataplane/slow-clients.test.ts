import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { platform } from "node:process";
import { test } from "node:test";
import { ok, rawBackend } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startPair, startProxy } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

test("a client that takes a response byte by byte holds little, and not for ever", { timeout: 30_000 }, async (t) => {
  let sent = 0;
  let gone = false;
  const backend = await rawBackend((connection) => {
    const { socket } = connection;
    const piece = Buffer.alloc(64 * 1024, "x");
    const pump = (): void => {
      while (!socket.destroyed) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
      pump();
    });
    socket.on("drain", pump);
    socket.on("close", () => {
      gone = true;
    });
  });
  t.after(() => backend.close());
  const { proxy, port } = await startProxy(
    t,
    { endpoints: { main: backend.port } },
    { limits: { writeTimeout: 500, responseIdleTimeout: 60_000 } },
  );
  const connection = await dial(port);
  connection.socket.pause();
  const before = process.memoryUsage().rss;
  connection.send(get("/"));
  const drip = setInterval(() => connection.socket.read(1), 50);
  await eventually(() => gone, "the end of the backend's connection", 20_000);
  clearInterval(drip);
  await eventually(() => proxy.stats.connections.active === 0, "the end of the client's connection");
  assert.ok(sent < 64_000_000, `${sent} bytes were taken from the backend`);
  assert.ok(process.memoryUsage().rss - before < 100_000_000);
  connection.close();
});

test("a client that sends a body byte by byte is bounded by its rule's timeout", async (t) => {
  const backend = await rawBackend(() => {});
  t.after(() => backend.close());
  const { port } = await startProxy(t, {
    rules: [{ timeouts: { request: 400 } }],
    endpoints: { main: backend.port },
  });
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
  const drip = setInterval(() => connection.send("x"), 30);
  const response = await connection.message();
  clearInterval(drip);
  assert.equal(response.status, 504);
  connection.close();
});

test("a body that comes more slowly than it may is answered 408; one that keeps pace is not", async (t) => {
  const { backend, port } = await startPair(t, ({ body }) => ok(String(body.length)), {
    limits: { bodyRate: 200, bodyRatePeriod: 500 },
  });
  const head = (length: number) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
  const slow = await dial(port);
  slow.send(head(1_000));
  const drip = setInterval(() => slow.send("x"), 50);
  const response = await slow.message();
  clearInterval(drip);
  assert.equal(response.status, 408);
  assert.match(response.body, /BodyTooSlow/);
  await slow.end();
  assert.equal(backend.requests.length, 0);
  const fast = await dial(port);
  fast.send(head(2_000));
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 120));
    fast.send("x".repeat(200));
  }
  assert.equal((await fast.message()).body, "2000");
  fast.close();
});

for (const [what, bound] of [
  ["their endpoint", { endpointConnections: 2 }],
  ["all endpoints", { upstreamConnections: 2 }],
] as const) {
  test(`slow bodies that hold all connections to ${what} give way to whoever waits, and only then`, async (t) => {
    // A rate is required only of clients that are in the way of others.
    const limits = { ...bound, bodyRatePeriod: 200, contendedBodyRate: 1_000, connectTimeout: 20_000 };
    const { backend, proxy, port } = await startPair(t, () => ok(), { limits });
    const slow = [await dial(port), await dial(port)];
    for (const each of slow) each.send("POST / HTTP/1.1\r\nHost: acme.io\r\nContent-Length: 100000\r\n\r\nx");
    const drip = setInterval(() => {
      for (const each of slow) if (!each.ended) each.send("x");
    }, 20);
    t.after(() => clearInterval(drip));
    await eventually(() => backend.connections.length === 2, "all connections to be in use");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.deepEqual(
      slow.map(({ received }) => received),
      ["", ""],
    );
    assert.equal((await exchange(port, get("/"))).status, 200);
    await eventually(() => slow.some(({ received }) => received.includes("BodyTooSlow")), "a slow one's answer");
    assert.equal(proxy.stats.gateway(gateway).answers.get("TooManyRequestsWaiting"), undefined);
    for (const each of slow) each.close();
  });
}

test("a body that waits for its backend is not slow", async (t) => {
  const taken = { start: (): void => {} };
  let received = 0;
  const backend = await rawBackend(({ socket }) => {
    socket.pause();
    socket.removeAllListeners("data");
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > 20_000_000) socket.end(ok("done"));
    });
    socket.pause();
    taken.start = () => socket.resume();
  });
  t.after(() => backend.close());
  const { port } = await startProxy(
    t,
    { endpoints: { main: backend.port } },
    { limits: { bodyRate: 10_000_000, bodyRatePeriod: 300, responseTimeout: 0 } },
  );
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
  connection.socket.write(Buffer.alloc(20_000_000, "x"));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(connection.received, "");
  taken.start();
  assert.equal((await connection.message()).body, "done");
  connection.close();
});

/** Returns the timers of the machine's TCP connections; 02 is keep-alive. */
function timers(port: number): readonly { readonly local: number; readonly remote: number; readonly timer: string }[] {
  const portOf = (address = "") => Number.parseInt(address.split(":")[1] ?? "", 16);
  return readFileSync("/proc/self/net/tcp", "latin1")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === "01")
    .map(([, local, remote, , , timer = ""]) => ({
      local: portOf(local),
      remote: portOf(remote),
      timer: timer.slice(0, 2),
    }))
    .filter(({ local, remote }) => local === port || remote === port);
}

test("the system asks whether clients and endpoints are still there", { skip: platform !== "linux" }, async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  connection.send(get("/"));
  await connection.message();
  assert.deepEqual(
    timers(port)
      .filter(({ local }) => local === port)
      .map(({ timer }) => timer),
    ["02"],
  );
  assert.deepEqual(
    timers(backend.port)
      .filter(({ remote }) => remote === backend.port)
      .map(({ timer }) => timer),
    ["02"],
  );
  connection.close();
});
