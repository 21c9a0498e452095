import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { encodeSpan, SERVER } from "../../../../proxy/dataplane/observe/tracing/otlp.ts";
import { SpanExporter } from "../../../../proxy/dataplane/observe/tracing/span-exporter.ts";
import type { TracingOptions } from "../../../../proxy/dataplane/proxy.ts";
import { unusedPort } from "../harness/setup.ts";
import { eventually } from "../harness/wire.ts";
import { Collector } from "./collector.ts";

const span = encodeSpan({
  ...{ traceId: "a".repeat(32), spanId: "b".repeat(16), parentSpanId: undefined, traceState: undefined, flags: 1 },
  ...{ name: "GET", kind: SERVER, start: 1, end: 2, failed: false },
  attributes: { long: "x".repeat(5000), number: 7, absent: undefined, empty: "" },
});

async function start(t: TestContext, more: Partial<TracingOptions> = {}) {
  const collector = await new Collector().listen(t);
  const stats = { exported: 0, dropped: 0, failed: 0 };
  const exporter = new SpanExporter(collector.options(more), stats);
  t.after(() => exporter.close());
  return { collector, stats, exporter };
}

test("spans are encoded as OTLP wants them, and long values are cut", async (t) => {
  const { collector, exporter } = await start(t);
  exporter.add(span);
  const [sent] = await collector.until(1);
  assert.deepEqual([sent?.startTimeUnixNano, sent?.endTimeUnixNano], ["1000000", "2000000"]);
  assert.deepEqual(Object.keys(sent?.attributes ?? {}), ["long", "number"]);
  assert.deepEqual([sent?.attributes.long?.length, sent?.attributes.number], [1024, "7"]);
});

test("spans go in batches, the full ones at once", async (t) => {
  const { collector, exporter, stats } = await start(t, { batchSize: 3, delay: 50 });
  for (let i = 0; i < 8; i++) exporter.add(span);
  await eventually(() => stats.exported === 8, "all");
  assert.equal(collector.requests.length, 3);
});

test("what the receiver rejects of a batch is counted as failed", async (t) => {
  const { collector, exporter, stats } = await start(t);
  collector.answer = (response) => response.end(JSON.stringify({ partialSuccess: { rejectedSpans: "1" } }));
  exporter.add(span);
  exporter.add(span);
  await eventually(() => stats.exported + stats.failed === 2, "both");
  assert.deepEqual(stats, { exported: 1, dropped: 0, failed: 1 });
});

test("a batch that is refused is not sent again", async (t) => {
  const { collector, exporter, stats } = await start(t);
  collector.answer = (response) => response.writeHead(400).end("no");
  exporter.add(span);
  await eventually(() => stats.failed === 1, "the failure");
  assert.equal(collector.requests.length, 1);
});

test("a receiver that is not available is asked again", async (t) => {
  const { collector, exporter, stats } = await start(t);
  collector.answer = (response) => {
    collector.answer = (later) => later.end("{}");
    response.writeHead(503).end();
  };
  exporter.add(span);
  await eventually(() => stats.exported === 1, "the second try");
  assert.equal(collector.requests.length, 2);
});

test("a batch that waits for its next try is counted when the proxy ends, and what came since is sent", async (t) => {
  const { collector, exporter, stats } = await start(t);
  collector.answer = (response) => {
    collector.answer = (later) => later.end("{}");
    response.writeHead(503, { "retry-after": "20" }).end();
  };
  exporter.add(span);
  await collector.until(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  exporter.add(span);
  await exporter.close();
  assert.deepEqual(stats, { exported: 1, dropped: 0, failed: 1 });
});

for (const [what, behave] of [
  ["closes", (socket: Socket) => socket.destroy()],
  ["speaks something else", (socket: Socket) => socket.end("220 smtp\r\n\r\n")],
  ["breaks off", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")],
  ["says nothing", () => {}],
] as const) {
  test(`a receiver that ${what} costs its batch, and no more than its time`, async (t) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.once("data", () => behave(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const stats = { exported: 0, dropped: 0, failed: 0 };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
    const exporter = new SpanExporter({ url, delay: 1, timeout: 100 }, stats);
    exporter.add(span);
    await eventually(() => sockets.length > 0, "a try");
    const before = performance.now();
    await exporter.close();
    assert.ok(performance.now() - before < 4_000);
    assert.equal(stats.exported, 0);
    assert.equal(stats.failed + stats.dropped, 1);
  });
}

test("nothing listens there, or the fields are none: spans are counted as lost", async () => {
  const url = `http://127.0.0.1:${await unusedPort()}/v1/traces`;
  for (const options of [{ url }, { url, headers: { "x y": "z" } }]) {
    const stats = { exported: 0, dropped: 0, failed: 0 };
    const exporter = new SpanExporter({ ...options, delay: 1 }, stats);
    exporter.add(span);
    await exporter.close();
    assert.deepEqual(stats, { exported: 0, dropped: 0, failed: 1 });
  }
});
