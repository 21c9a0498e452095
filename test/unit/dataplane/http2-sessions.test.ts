/** Tests connections to HTTP/2 backends: how many there are, and what happens to requests when one ends. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import { gateway } from "./harness/configuration.ts";
import { MAX_CONCURRENT_STREAMS, responseHead, setting, startFrameBackend } from "./harness/frame-backend.ts";
import { ACK, codes, type Frame, type FrameConnection, frame, types, uint32 } from "./harness/frames.ts";
import { answerOf, connectHttp2, open, request } from "./harness/http2.ts";
import { answer, startHttp2Backend } from "./harness/http2-backend.ts";
import { startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

function start(context: TestContext, port: number | number[], options: ProxyOptions = {}) {
  return startProxy(context, { endpoints: { main: port }, backend: { protocol: "h2c" } }, options);
}

const headersOf = ({ frames }: FrameConnection): readonly Frame[] =>
  frames.filter(({ type }) => type === types.HEADERS);

test("requests beyond what an endpoint admits get further connections", async (context) => {
  const { connections, port: backend } = await startFrameBackend(
    context,
    (connection, { type, stream }) => {
      if (type === types.HEADERS) connection.send(responseHead(stream, [[":status", "200"]], 0));
    },
    setting(MAX_CONCURRENT_STREAMS, 2),
  );
  const { port } = await start(context, backend);
  const session = await connectHttp2(context, port);
  const streams = Array.from({ length: 5 }, () => open(session));
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once("response", resolve))));
  assert.deepEqual(
    connections.map((each) => headersOf(each).length),
    [2, 2, 1],
  );
});

test("an endpoint that comes to admit more gets what waits, on the same connection", async (context) => {
  const backend = await startFrameBackend(context, () => {}, setting(MAX_CONCURRENT_STREAMS, 1));
  const { port } = await start(context, backend.port, { limits: { endpointConnections: 1 } });
  const session = await connectHttp2(context, port);
  const answers = [request(session), request(session), request(session)];
  const [connection] = await eventually(() => backend.connections.length > 0, "a connection").then(
    () => backend.connections,
  );
  assert.ok(connection);
  await connection.frame(types.HEADERS, 1);
  await sleep(50);
  assert.equal(headersOf(connection).length, 1);
  connection.send(frame(types.SETTINGS, 0, 0, setting(MAX_CONCURRENT_STREAMS, 3)));
  await connection.frame(types.HEADERS, 5);
  connection.send(...[1, 3, 5].map((stream) => responseHead(stream)));
  for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
  assert.equal(backend.connections.length, 1);
});

test("an endpoint that admits nothing is not dialled again and again", async (context) => {
  const backend = await startFrameBackend(context, () => {}, setting(MAX_CONCURRENT_STREAMS, 0));
  const { port } = await start(context, backend.port, { limits: { connectTimeout: 200 } });
  assert.equal((await exchange(port, get("/"))).status, 503);
  assert.ok(backend.connections.length <= 2, `${backend.connections.length} connections`);
});

test("all who wait for a connection that cannot be made are told at once", async (context) => {
  const { proxy, port } = await start(context, await unusedPort(), { limits: { connectTimeout: 60_000 } });
  const session = await connectHttp2(context, port);
  const answers = await Promise.all(Array.from({ length: 20 }, () => request(session)));
  for (const { status } of answers) assert.equal(status, 503);
  const stats = proxy.stats.gateway(gateway).backends.get("default/main:80");
  assert.equal(stats?.errors.connect, 40);
  assert.equal(stats?.active, 0);
});

test("requests that are lost with their connection share the next one, and it is one failure", async (context) => {
  const backend = await startFrameBackend(context, (connection, { type, stream }, index) => {
    if (type !== types.HEADERS) return;
    if (index > 0) connection.send(responseHead(stream));
    else if (headersOf(connection).length === 30) connection.close();
  });
  const { proxy, port } = await start(context, [backend.port, backend.port], {
    ejection: { failures: 2 },
    limits: { connectTimeout: 60_000 },
  });
  const session = await connectHttp2(context, port);
  const answers = await Promise.all(Array.from({ length: 30 }, () => request(session)));
  for (const { status } of answers) assert.equal(status, 200);
  assert.equal(proxy.stats.resent, 30);
  assert.equal(backend.connections.length, 2);
  assert.equal(proxy.stats.gateway(gateway).backends.get("default/main:80")?.ejected, 0);
});

for (const code of [codes.NO_ERROR, codes.ENHANCE_YOUR_CALM]) {
  test(`what an endpoint says it has not looked at is sent again, whatever its method (GOAWAY ${code})`, async (context) => {
    const backend = await startFrameBackend(context, (connection, { type, stream }, index) => {
      if (type !== types.HEADERS) return;
      if (index > 0) connection.send(responseHead(stream));
      else if (stream === 3) {
        connection.send(frame(types.GOAWAY, 0, 0, uint32(1) + uint32(code)));
        setTimeout(() => connection.send(responseHead(1)), 30);
      }
    });
    const { proxy, port } = await start(context, backend.port);
    const session = await connectHttp2(context, port);
    const looked = request(session, { ":method": "POST" });
    await eventually(() => backend.connections.some((each) => headersOf(each).length === 1), "the first");
    const ignored = await request(session, { ":method": "POST" });
    assert.equal(ignored.status, 200);
    assert.equal((await looked).status, code === codes.NO_ERROR ? 200 : 502);
    assert.equal(proxy.stats.resent, 1);
    assert.equal(backend.connections.length, 2);
  });
}

test("a connection that has gone silent is found by a PING, and its requests go elsewhere", async (context) => {
  const backend = await startFrameBackend(context, (connection, { type, stream }, index) => {
    if (index > 0 && type === types.HEADERS) connection.send(responseHead(stream));
  });
  const { port } = await start(context, backend.port, { limits: { endpointPing: 50, endpointPingTimeout: 50 } });
  assert.equal((await exchange(port, get("/"))).status, 200);
  const [silent] = backend.connections;
  assert.equal(silent?.frames.filter(({ type }) => type === types.PING).length, 1);
  await silent?.raw.end();
});

test("a connection that answers its PING is kept, and asked no more until something comes of a response", async (context) => {
  const pings = ({ frames }: FrameConnection) => frames.filter(({ type, flags }) => type === types.PING && flags === 0);
  const backend = await startFrameBackend(context, (connection, { type, flags, payload }) => {
    if (type === types.PING && flags === 0) connection.send(frame(types.PING, ACK, 0, payload));
  });
  const { port } = await start(context, backend.port, { limits: { endpointPing: 50, endpointPingTimeout: 50 } });
  const session = await connectHttp2(context, port);
  const answered = request(session);
  await eventually(() => backend.connections[0] !== undefined, "a connection");
  const [connection] = backend.connections;
  assert.ok(connection);
  await eventually(() => pings(connection).length === 1, "a PING");
  await sleep(500);
  assert.equal(pings(connection).length, 1);
  connection.send(responseHead(1, [[":status", "200"]], 0));
  await eventually(() => pings(connection).length === 2, "another PING");
  connection.send(frame(types.DATA, 1, 1, "late"));
  assert.equal((await answered).body, "late");
});

test("responses that HTTP/2 does not allow are not forwarded", async (context) => {
  const heads: Record<string, readonly (readonly [string, string])[]> = {
    "a field of a connection": [
      [":status", "200"],
      ["connection", "close"],
    ],
    "a transfer coding": [
      [":status", "200"],
      ["transfer-encoding", "chunked"],
    ],
    "a name in upper case": [
      [":status", "200"],
      ["X-Upper", "1"],
    ],
    "no status": [["x-one", "1"]],
    "a status that is no number": [[":status", "2x0"]],
    "a switch of protocols": [[":status", "101"]],
    "a field too many": [[":status", "200"], ...Array.from({ length: 200 }, (_, i) => [`x-${i}`, "1"] as const)],
  };
  let head: readonly (readonly [string, string])[] = [];
  const backend = await startFrameBackend(context, (connection, { type, stream }) => {
    if (type === types.HEADERS) connection.send(responseHead(stream, head, head[0]?.[1] === "101" ? 0 : 1));
  });
  const { port } = await start(context, backend.port, { ejection: { failures: 0 } });
  const session = await connectHttp2(context, port);
  for (const [what, fields] of Object.entries(heads)) {
    head = fields;
    assert.equal((await request(session, { ":method": "POST" })).status, 502, what);
  }
});

test("a body that differs from its Content-Length is cut, and never ends as if it were whole", async (context) => {
  let data = "";
  const backend = await startFrameBackend(context, (connection, { type, stream }) => {
    if (type !== types.HEADERS) return;
    connection.send(
      responseHead(
        stream,
        [
          [":status", "200"],
          ["content-length", "5"],
        ],
        0,
      ),
    );
    setTimeout(() => connection.send(frame(types.DATA, 1, stream, data)), 20);
  });
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  for (data of ["four", "longer than it says"]) {
    const { status, code } = await request(session);
    assert.deepEqual([status, code], [200, codes.INTERNAL_ERROR], data);
  }
});

test("what an endpoint does not take of a request that it has answered is given up", async (context) => {
  const backend = await startFrameBackend(context, (connection, { type, stream }) => {
    if (type === types.DATA && connection.frames.filter((each) => each.type === types.DATA).length === 1) {
      connection.send(responseHead(stream));
    }
  });
  const { port } = await start(context, backend.port, { limits: { lingerTimeout: 100 } });
  const body = "x".repeat(100_000);
  const text = `POST / HTTP/1.1\r\nHost: acme.io\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  assert.equal((await exchange(port, text)).status, 200);
  assert.notEqual(await backend.connections[0]?.reset(1), undefined);
});

test("an endpoint that takes nothing stops the upload of its client", async (context) => {
  const backend = await startFrameBackend(context);
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const stream = session.request({ ":authority": "acme.io", ":method": "POST" });
  stream.on("error", () => {});
  let taken = 0;
  const more = (): void => {
    stream.write(Buffer.alloc(65_536), () => {
      taken += 65_536;
      if (!stream.destroyed && taken < 50_000_000) more();
    });
  };
  more();
  let before = -1;
  while (taken !== before) {
    before = taken;
    await sleep(200);
  }
  assert.ok(taken > 0 && taken < 2_000_000, `${taken} bytes were taken`);
  stream.close(codes.CANCEL);
});

test("100-continue passes from the backend to clients of either version", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    stream.additionalHeaders({ ":status": 100 });
    answer("done")(stream, {}, []);
  });
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const stream = open(session, { ":method": "POST", expect: "100-continue" }, undefined);
  assert.equal((await answerOf(stream)).body, "done");
  const text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  const connection = await dial(port);
  connection.send(text);
  assert.equal((await connection.message()).status, 100);
  connection.send("ok");
  assert.equal((await connection.message()).body, "done");
  connection.close();
});
