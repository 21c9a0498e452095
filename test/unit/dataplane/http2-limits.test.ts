import assert from "node:assert/strict";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import {
  ACK,
  block,
  codes,
  dialHttp2,
  END_HEADERS,
  END_STREAM,
  type FrameConnection,
  frame,
  get,
  headers,
  many,
  post,
  types,
  uint32,
} from "./harness/frames.ts";
import { answerOf, connectHttp2, request } from "./harness/http2.ts";
import { startPair } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

const floods: readonly (readonly [string, () => string])[] = [
  [
    "requests that are reset at once",
    () => many(2_000, (i) => headers(1 + 2 * i, get) + frame(types.RST_STREAM, 0, 1 + 2 * i, uint32(codes.CANCEL))),
  ],
  ["pings", () => many(5_000, () => frame(types.PING, 0, 0, "12345678"))],
  ["settings", () => many(5_000, () => frame(types.SETTINGS, 0, 0))],
  [
    "continuations",
    () => frame(types.HEADERS, END_STREAM, 1, block(get)) + many(100, () => frame(types.CONTINUATION, 0, 1, "")),
  ],
  ["empty data", () => headers(1, post, 0) + many(2_000, () => frame(types.DATA, 0, 1))],
];

for (const [what, bytes] of floods) {
  test(`a flood of ${what} ends its connection, is counted, and troubles nobody else`, async (context) => {
    const { backend, port, proxy } = await startPair(context);
    const connection = await dialHttp2(port);
    connection.send(bytes());
    assert.equal(await connection.goaway(), codes.ENHANCE_YOUR_CALM);
    assert.equal(proxy.stats.http2.calmed, 1);
    assert.ok(backend.requests.length <= 200, `${backend.requests.length} requests reached the backend`);
    const session = await connectHttp2(context, port);
    assert.equal((await request(session)).status, 200);
    await eventually(
      () =>
        [...proxy.stats.gateways.values()].every(({ backends }) =>
          [...backends.values()].every(({ active }) => active === 0),
        ),
      "no request under way",
    );
  });
}

test("resets spread over reads are counted over time, whoever sends them", async (context) => {
  for (const own of [true, false]) {
    const limits = { http2ResetBurst: 10, http2ResetRate: 1 };
    const { port, proxy } = await startPair(context, () => undefined, { limits });
    const connection = await dialHttp2(port);
    for (let stream = 1; stream < 40 && !connection.raw.ended; stream += 2) {
      connection.send(headers(stream, [...post, ["content-length", "4"]], 0));
      // The alternative is a body that is too short, to which the proxy has to respond with a reset.
      if (own) connection.send(frame(types.RST_STREAM, 0, stream, uint32(codes.CANCEL)));
      else connection.send(frame(types.DATA, END_STREAM, stream, "abc"));
      connection.send(frame(types.PING, 0, 0, "12345678"));
      const answers = (stream + 1) / 2;
      const pings = () => connection.frames.filter(({ type }) => type === types.PING).length;
      await connection.raw.until(() => (connection.raw.ended || pings() >= answers ? true : undefined), "an answer");
    }
    assert.equal(await connection.goaway(), codes.ENHANCE_YOUR_CALM);
    assert.equal(proxy.stats.http2.calmed, 1);
  }
});

test("requests beyond the limit for one connection wait at a client that heeds it", async (context) => {
  let most = 0;
  let active = 0;
  const respond = async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, 10));
    active--;
    return ok();
  };
  const { port } = await startPair(context, respond, { limits: { http2Streams: 3 } });
  const session = await connectHttp2(context, port);
  await eventually(() => session.remoteSettings.maxConcurrentStreams === 3, "the settings");
  const answers = await Promise.all(Array.from({ length: 12 }, () => request(session)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(most, 3);
});

test("a client that does not heed the limit is not served beyond it", async (context) => {
  const { backend, port } = await startPair(context, () => undefined, { limits: { http2Streams: 3 } });
  const connection = await dialHttp2(port);
  connection.send(many(10, (i) => headers(1 + 2 * i, get)));
  await connection.raw.until(
    () => (connection.raw.ended || connection.frames.some(({ type }) => type === types.RST_STREAM) ? true : undefined),
    "a refusal",
  );
  assert.ok(backend.requests.length <= 3);
  connection.close();
});

test("a head beyond all limits is reset before it is whole", async (context) => {
  const { backend, port } = await startPair(context);
  const connection = await dialHttp2(port);
  const piece = block([["x-long", "a".repeat(15_000)]]);
  connection.send(
    frame(types.HEADERS, END_STREAM, 1, block(get)),
    ...Array.from({ length: 6 }, (_, i) => frame(types.CONTINUATION, i === 5 ? END_HEADERS : 0, 1, piece)),
  );
  assert.equal(await connection.reset(1), codes.ENHANCE_YOUR_CALM);
  connection.send(headers(3, [...get, ...Array.from({ length: 300 }, (_, i) => [`x-${i}`, "1"] as const)]));
  assert.equal(await connection.reset(3), codes.ENHANCE_YOUR_CALM);
  connection.send(headers(5, get));
  assert.equal(await connection.status(5), 200);
  assert.equal(backend.requests.length, 1);
  connection.close();
});

const incomplete = frame(types.HEADERS, END_STREAM, 1, block(get));

for (const [what, begin] of [
  ["a head", incomplete],
  ["a head in drops", `${incomplete}${frame(types.CONTINUATION, 0, 1, block([["x", "y"]]))}`],
  ["a head behind a request that waits", headers(1, get) + frame(types.HEADERS, END_STREAM, 3, block(get))],
] as const) {
  test(`${what} that is not finished in time ends its connection`, async (context) => {
    const limits = { headTimeout: 200, idleTimeout: 60_000 };
    const { backend, port, proxy } = await startPair(context, () => undefined, { limits });
    const connection = await dialHttp2(port);
    connection.send(begin);
    assert.equal(await connection.goaway(), codes.ENHANCE_YOUR_CALM);
    const { answers } = proxy.stats.gateway({ namespace: "edge", name: "test" });
    assert.equal(answers.get("HeadTimeout"), 1);
    await eventually(() => proxy.stats.connections.active === 0, "no connection");
    await eventually(() => backend.connections.every(({ ended }) => ended), "the end of what was under way");
  });
}

test("a request that is refused looks like a head that goes on, until the client has answered a PING", async (context) => {
  const { port } = await startPair(context, () => ok(), { limits: { headTimeout: 1_000 } });
  const connection = await dialHttp2(port);
  connection.onFrame = ({ type, flags, payload }) => {
    if (type === types.PING && (flags & ACK) === 0) connection.send(frame(types.PING, ACK, 0, payload));
  };
  connection.send(headers(1, get), headers(3, [...get, [":path", "/again"]]));
  assert.equal(await connection.reset(3), codes.PROTOCOL_ERROR);
  await connection.frame(types.PING);
  connection.send(headers(5, get));
  assert.equal(await connection.status(5), 200);
  connection.close();
});

test("a client that takes nothing of its response holds bounded memory, and is cut in time", async (context) => {
  const size = 20_000_000;
  const { backend, port, proxy } = await startPair(context, () => undefined, { limits: { writeTimeout: 300 } });
  backend.respond((_, connection) => {
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${"a".repeat(size)}`);
    return undefined;
  });
  const connection = await dialHttp2(port);
  connection.send(headers(1, get));
  await eventually(() => (backend.connections[0]?.socket.writableLength ?? 0) > 0, "the backend to be held up");
  const held = backend.connections[0]?.socket.writableLength ?? 0;
  assert.ok(held > size / 2, `the backend still holds ${held} bytes`);
  assert.equal(await connection.reset(1), codes.INTERNAL_ERROR);
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
  // The connection still works.
  backend.respond(() => ok());
  connection.send(frame(types.WINDOW_UPDATE, 0, 0, uint32(1_000_000)), headers(3, get));
  assert.equal(await connection.status(3), 200);
  assert.equal(proxy.stats.connections.active, 1);
  connection.close();
});

test("a client that is slow is waited for as long as it takes something", async (context) => {
  const size = 400_000;
  const { port } = await startPair(context, () => ok("a".repeat(size)), { limits: { writeTimeout: 400 } });
  const connection = await dialHttp2(port);
  connection.send(headers(1, get));
  const taken = () =>
    connection.frames.reduce((sum, { type, payload }) => sum + (type === types.DATA ? payload.length : 0), 0);
  while (taken() < size) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const window = uint32(25_000);
    connection.send(frame(types.WINDOW_UPDATE, 0, 0, window), frame(types.WINDOW_UPDATE, 0, 1, window));
    assert.ok(!connection.frames.some(({ type }) => type === types.RST_STREAM), "not cut");
  }
  connection.close();
});

test("a body that stops coming is answered 408", async (context) => {
  const { backend, port } = await startPair(context, undefined, { limits: { bodyIdleTimeout: 100 } });
  const session = await connectHttp2(context, port);
  const stream = session.request({ ":authority": "acme.io", ":method": "POST" }, { endStream: false });
  stream.write("half");
  const { status, code, body } = await answerOf(stream);
  assert.deepEqual([status, code], [408, 0]);
  assert.match(body, /BodyTimeout/);
  await eventually(() => backend.connections.every(({ ended }) => ended), "the end of the backend's connection");
  assert.deepEqual(backend.requests, []);
});

test("a backend that does not read holds its client up, and no memory", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  const stream = session.request({ ":authority": "acme.io", ":method": "POST" }, { endStream: false });
  stream.on("error", () => {});
  stream.write("x");
  await eventually(() => backend.connections.length === 1, "the backend's connection");
  backend.connections[0]?.socket.pause();
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  for (let i = 0; i < 600 && stream.bufferSize < 1_000_000; i++) {
    stream.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(stream.bufferSize >= 1_000_000, `${sent} bytes were taken`);
  stream.close(codes.CANCEL);
});

test("the answers of a connection that is flooded are not waited for: acknowledged pings are no flood", async (context) => {
  const { port } = await startPair(context);
  const connection: FrameConnection = await dialHttp2(port);
  for (let i = 0; i < 20; i++) {
    const before = connection.frames.length;
    connection.send(many(100, () => frame(types.PING, 0, 0, "12345678")));
    await connection.raw.until(() => (connection.frames.length >= before + 100 ? true : undefined), "100 answers");
  }
  assert.ok(connection.frames.filter(({ type, flags }) => type === types.PING && flags === ACK).length >= 2_000);
  connection.send(headers(1, get));
  assert.equal(await connection.status(1), 200);
  connection.close();
});
