import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ok, type Respond } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import type { FrameConnection } from "./harness/frames.ts";
import { startHttp2Backend } from "./harness/http2-backend.ts";
import { startPair, startProxy } from "./harness/setup.ts";
import { askSteadily, dialFrom, openZeroWindows } from "./harness/slow-readers.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

const large = ok("x".repeat(4 * 1024 * 1024));
const serve: Respond = ({ line }) => (line.includes("/small") ? ok("small") : large);

function closeAfter(t: TestContext, connections: readonly FrameConnection[]): void {
  t.after(() => {
    for (const connection of connections) connection.close();
  });
}

test("clients of one address that read nothing leave connections to an endpoint for others", {
  timeout: 120_000,
}, async (t) => {
  const body = ok("x".repeat(256 * 1024));
  const { proxy, port } = await startPair(t, ({ line }) => (line.includes("/small") ? ok("small") : body));
  closeAfter(t, await openZeroWindows(port, 11, 100));
  await eventually(() => proxy.stats.gateway(gateway).active === 1_100, "all requests to be under way");
  for (const address of ["127.0.0.1", "127.0.0.2"]) {
    assert.equal((await askSteadily(address, port, 20)).failed, 0, `from ${address}`);
  }
});

for (const [what, bound] of [
  ["their endpoint", { endpointConnections: 2 }],
  ["all endpoints", { upstreamConnections: 2 }],
] as const) {
  for (const protocol of ["HTTP/1.1", "HTTP/2"]) {
    test(`${protocol} clients that read nothing give up connections to ${what} to requests that wait, and only to them`, async (t) => {
      const directory = await mkdtemp(join(tmpdir(), "gatewright-"));
      t.after(() => rm(directory, { recursive: true }));
      const log = join(directory, "access.log");
      const { proxy, port } = await startPair(t, serve, {
        limits: { ...bound, bodyRatePeriod: 300, connectTimeout: 20_000 },
        accessLog: { to: log },
      });
      if (protocol === "HTTP/2") closeAfter(t, await openZeroWindows(port, 1, 2));
      else {
        for (let i = 0; i < 2; i++) {
          const slow = await dial(port);
          t.after(() => slow.close());
          slow.socket.pause();
          slow.send(get("/large"));
        }
      }
      await sleep(1_500);
      assert.equal(proxy.stats.ended.slowReader, 0);
      assert.equal((await exchange(port, get("/small"))).status, 200);
      assert.equal(proxy.stats.ended.slowReader, 1);
      await proxy.close();
      const lines = readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.equal(lines.filter(({ reason }) => reason === "SlowReader").length, 1);
    });
  }
}

test("a client that reads keeps its response although requests wait", async (t) => {
  const limits = { endpointConnections: 1, bodyRatePeriod: 300, connectTimeout: 2_000 };
  const { proxy, port } = await startPair(t, serve, { limits });
  const reader = await dial(port);
  t.after(() => reader.close());
  reader.socket.pause();
  reader.send(get("/large"));
  let taken = 0;
  const reading = setInterval(() => {
    taken += reader.socket.read(Math.min(256 * 1024, reader.socket.readableLength))?.length ?? 0;
  }, 50);
  t.after(() => clearInterval(reading));
  const waiting = exchange(port, get("/small"));
  assert.equal((await waiting).status, 200);
  assert.equal(proxy.stats.ended.slowReader, 0);
  await eventually(() => taken + reader.socket.readableLength > 4 * 1024 * 1024, "the rest of the response");
});

for (const [size, kept] of [
  [1_000, true],
  [64 * 1024, true],
  [100 * 1024, true],
  [1024 * 1024, false],
] as const) {
  test(`a response of ${size} bytes ${kept ? "frees" : "holds"} its connection while its client does not read`, async (t) => {
    const respond: Respond = ({ line }) => (line.includes("/small") ? ok("small") : ok("x".repeat(size)));
    const limits = { endpointConnections: 1, connectTimeout: 700 };
    const { backend, port } = await startPair(t, respond, { limits });
    closeAfter(t, await openZeroWindows(port, 1, 1));
    await eventually(() => backend.requests.length === 1, "the request");
    await sleep(200);
    assert.equal((await exchange(port, get("/small"))).status, kept ? 200 : 503);
    assert.equal(backend.connections.length, 1);
  });
}

test("streams of HTTP/2 backends are shared as connections are", async (t) => {
  const backend = await startHttp2Backend(t, (stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(headers[":path"] === "/small" ? "small" : "x".repeat(256 * 1024));
  });
  const limits = { endpointConnections: 4, endpointStreams: 25, connectTimeout: 3_000 };
  const { proxy, port } = await startProxy(
    t,
    { endpoints: { main: backend.port }, backend: { protocol: "h2c" } },
    { limits },
  );
  closeAfter(t, await openZeroWindows(port, 5, 60));
  await eventually(() => proxy.stats.gateway(gateway).active === 300, "all requests to be under way");
  for (const address of ["127.0.0.1", "127.0.0.2"]) {
    assert.equal((await askSteadily(address, port, 20)).failed, 0, `from ${address}`);
  }
});

test("requests of one address leave places among those that may be under way", async (t) => {
  const limits = { requests: 40, connectionShare: 0 };
  const { backend, proxy, port } = await startPair(t, () => undefined, { limits });
  const busy = await Promise.all(Array.from({ length: 45 }, () => dial(port)));
  for (const connection of busy) connection.send(get("/"));
  await eventually(() => proxy.stats.overload.requests === 7, "the refusal of those beyond the share");
  await eventually(() => backend.requests.length === 38, "the others");
  const other = await dialFrom("127.0.0.2", port);
  other.send(get("/"));
  await eventually(() => backend.requests.length === 39, "the request from another address");
  for (const { socket } of [...busy, other]) socket.resetAndDestroy();
  await eventually(() => proxy.stats.connections.active === 0, "the end");
});
