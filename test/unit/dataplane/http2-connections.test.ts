import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import {
  codes,
  dialHttp2,
  FrameConnection,
  frame,
  get,
  headers,
  post,
  preface,
  types,
  uint32,
} from "./harness/frames.ts";
import { answerOf, connectHttp2, open, request } from "./harness/http2.ts";
import { startPair } from "./harness/setup.ts";
import { dial, eventually, get as get1 } from "./harness/wire.ts";

test("both protocols are served on one port, whatever pieces the preface comes in", async (context) => {
  const { port, proxy } = await startPair(context);
  const first = preface + frame(types.SETTINGS, 0, 0) + headers(1, get);
  for (const size of [1, 2, 3, 5, 16, 23, 24, 25, 33, first.length]) {
    const connection = new FrameConnection(await dial(port));
    for (let at = 0; at < first.length; at += size) {
      connection.send(first.slice(at, at + size));
      // This is enough for the preface; nghttp2 assembles the rest.
      if (at < 40) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(await connection.status(1), 200, `in pieces of ${size}`);
    connection.close();
  }
  const plain = await dial(port);
  plain.send(get1("/"));
  assert.equal((await plain.message()).status, 200);
  plain.close();
  await eventually(() => proxy.stats.connections.active === 0, "no connection");
  assert.equal(proxy.stats.http2.accepted, 10);
});

test("a preface that is none, or not the first, is refused", async (context) => {
  const { port } = await startPair(context);
  const cases: readonly (readonly [string, number])[] = [
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r", 505],
    ["PRI * HTTP/1.1\r\nHost: a\r\n\r\n", 501],
    [`\r\n${preface}`, 505],
  ];
  for (const [bytes] of cases) {
    const connection = await dial(port);
    connection.send(bytes + frame(types.SETTINGS, 0, 0));
    const { status } = await connection.message();
    assert.ok(status === 400 || status === 501 || status === 505, `${JSON.stringify(bytes)}: ${status}`);
    await connection.end();
  }
  const late = await dial(port);
  late.send(get1("/"));
  assert.equal((await late.message()).status, 200);
  late.send(preface + frame(types.SETTINGS, 0, 0));
  assert.ok((await late.message()).status >= 400);
  await late.end();
});

test("a preface that is never completed is a head that is not", async (context) => {
  const { port } = await startPair(context, undefined, { limits: { headTimeout: 100 } });
  const connection = await dial(port);
  connection.send(preface.slice(0, 20));
  assert.equal((await connection.message()).status, 408);
});

test("a client that ends its side gets what it has asked for", async (context) => {
  const { backend, port } = await startPair(context, () => undefined);
  const connection = await dialHttp2(port);
  connection.send(headers(1, get));
  await eventually(() => backend.requests.length === 1, "the request");
  connection.raw.socket.end();
  await connection.frame(types.GOAWAY);
  backend.connections[0]?.send(ok());
  assert.equal(await connection.status(1), 200);
  assert.equal(await connection.goaway(), codes.NO_ERROR);
});

test("a client that ends its side in the middle of a request takes the connection with it", async (context) => {
  const { backend, port, proxy } = await startPair(context);
  const connection = await dialHttp2(port);
  connection.send(headers(1, post, 0), frame(types.DATA, 0, 1, "half"));
  await eventually(() => backend.connections[0]?.received.includes("half") === true, "the half");
  connection.raw.socket.end();
  await eventually(() => proxy.stats.connections.active === 0, "no connection");
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
  assert.deepEqual(backend.requests, []);
});

test("a client that leaves while its window is closed is noticed by what it does not take", async (context) => {
  const { port, proxy } = await startPair(context, undefined, { limits: { writeTimeout: 100, lingerTimeout: 50 } });
  const connection = await dialHttp2(port, `\0\x04${uint32(0)}`);
  connection.send(headers(1, get));
  assert.equal(await connection.status(1), 200);
  connection.raw.socket.destroy();
  await eventually(() => proxy.stats.connections.active === 0, "no connection");
});

test("a connection without a request ends in time, with a GOAWAY", async (context) => {
  const { port, proxy } = await startPair(context, undefined, { limits: { idleTimeout: 100 } });
  const connection = await dialHttp2(port);
  connection.send(headers(1, get));
  assert.equal(await connection.status(1), 200);
  assert.equal(await connection.goaway(), codes.NO_ERROR);
  await eventually(() => proxy.stats.connections.active === 0, "no connection");
  const silent = new FrameConnection(await dial(port));
  silent.send(preface);
  assert.equal(await silent.goaway(), codes.NO_ERROR);
});

test("a proxy that drains finishes what it has, and says what it has not looked at", async (context) => {
  const { backend, port, proxy } = await startPair(context, () => undefined);
  const connection = await dialHttp2(port);
  connection.send(headers(1, get));
  await eventually(() => backend.requests.length === 1, "the request");
  const drained = proxy.drain(0);
  const { payload } = await connection.frame(types.GOAWAY);
  assert.equal(Buffer.from(payload, "latin1").readUInt32BE(0), 1);
  connection.send(headers(3, get));
  backend.connections[0]?.send(ok());
  assert.equal(await connection.status(1), 200);
  assert.equal(await connection.goaway(), codes.NO_ERROR);
  await drained;
  assert.equal(backend.requests.length, 1);
  assert.equal(proxy.stats.connections.active, 0);
});

test("a client of Node.js loses nothing when the proxy drains", async (context) => {
  const { backend, port, proxy } = await startPair(context, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return ok();
  });
  const session = await connectHttp2(context, port);
  const answers = Array.from({ length: 20 }, () => request(session));
  await eventually(() => backend.requests.length > 0, "a request");
  await proxy.drain(0);
  for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
});

test("while the proxy announces its end, responses go on and the client is told", async (context) => {
  const { port, proxy } = await startPair(context);
  const session = await connectHttp2(context, port);
  const told = once(session, "goaway");
  const drained = proxy.drain(200);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await request(session)).status, 200);
  const [code] = await told;
  assert.equal(code, 0);
  await drained;
});

test("what a drain cannot finish is cut at its deadline", async (context) => {
  const { backend, port, proxy } = await startPair(context, () => undefined, { drainTimeout: 150 });
  const session = await connectHttp2(context, port);
  const stream = open(session);
  await eventually(() => backend.requests.length === 1, "the request");
  const [answer] = await Promise.all([answerOf(stream), proxy.drain(0)]);
  assert.equal(answer.status, 0);
  await eventually(() => proxy.stats.connections.active === 0, "no connection");
});
