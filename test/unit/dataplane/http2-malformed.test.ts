import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, dialHttp2, END_STREAM, frame, get, headers, post, types } from "./harness/frames.ts";
import { connectHttp2, request } from "./harness/http2.ts";
import { startPair } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

type Fields = readonly (readonly [string, string])[];

const without = (name: string): Fields => get.filter(([each]) => each !== name);
const replaced = (name: string, value: string): Fields => get.map(([each, old]) => [each, each === name ? value : old]);

/** Malformed requests, each on a stream of its own of one connection, which stays open. */
const malformed: readonly (readonly [string, Fields])[] = [
  ["no :method", without(":method")],
  ["no :scheme", without(":scheme")],
  ["no :path", without(":path")],
  ["an empty :path", replaced(":path", "")],
  ["no :authority and no host", without(":authority")],
  ["two :path", [...get, [":path", "/b"]]],
  ["two :method", [[":method", "GET"], ...get]],
  ["an unknown pseudo-header field", [...get, [":extra", "1"]]],
  [":status in a request", [...get, [":status", "200"]]],
  ["a pseudo-header field behind others", [...without(":path"), ["x-a", "1"], [":path", "/"]]],
  ["a name with upper case", [...get, ["X-A", "1"]]],
  ["connection", [...get, ["connection", "x-a"]]],
  ["keep-alive", [...get, ["keep-alive", "timeout=5"]]],
  ["proxy-connection", [...get, ["proxy-connection", "close"]]],
  ["transfer-encoding", [...get, ["transfer-encoding", "chunked"]]],
  ["upgrade", [...get, ["upgrade", "websocket"]]],
  ["te other than trailers", [...get, ["te", "gzip"]]],
  ["two hosts", [...without(":authority"), ["host", "acme.io"], ["host", "acme.io"]]],
  ["a length that is no number", [...get, ["content-length", "1x"]]],
  ["two lengths", [...get, ["content-length", "0"], ["content-length", "0"]]],
  ["a length without a body", [...get, ["content-length", "5"]]],
  ["a method with a blank", replaced(":method", "GET /x HTTP/1.1")],
  ["a path with a blank", replaced(":path", "/a b")],
  ["a path with a line end", replaced(":path", "/a\r\nx: y")],
  ["a path that is a URL", replaced(":path", "http://evil.io/")],
  ["an authority with a line end", replaced(":authority", "a\r\nb: c")],
  ["an authority with user information", replaced(":authority", "user@acme.io")],
  ["* with GET", replaced(":path", "*")],
];

test("malformed requests are stream errors, reach no backend, and the connection goes on", async (context) => {
  const { backend, port } = await startPair(context);
  const connection = await dialHttp2(port);
  context.after(() => connection.close());
  let stream = 1;
  for (const [what, fields] of malformed) {
    connection.send(headers(stream, fields));
    assert.equal(await connection.reset(stream), codes.PROTOCOL_ERROR, what);
    stream += 2;
  }
  assert.deepEqual(backend.requests, []);
  connection.send(headers(stream, get));
  assert.equal(await connection.status(stream), 200);
});

test("fields with bytes that no field may have are not forwarded", async (context) => {
  const { backend, port } = await startPair(context);
  const connection = await dialHttp2(port);
  context.after(() => connection.close());
  const bad: Fields = [
    ["x-a", "1\r\nx-injected: 1"],
    ["x-b", "1\0"],
    ["x c", "1"],
    ["x-d:", "1"],
    ["", "1"],
    ["x-e", " 1"],
    ["x-f", "1\n"],
  ];
  for (const [index, field] of bad.entries()) connection.send(headers(1 + 2 * index, [...get, field, ["x-good", "1"]]));
  await eventually(
    () =>
      backend.requests.length + connection.frames.filter(({ type }) => type === types.RST_STREAM).length === bad.length,
    "all",
  );
  for (const { fields } of backend.requests) {
    assert.deepEqual(
      fields.filter((field) => field.startsWith("x-") && !/^x-(forwarded|request-id)/.test(field)),
      ["x-good: 1"],
    );
  }
});

test("a body that is not as long as Content-Length says is a stream error, and no byte too many is forwarded", async (context) => {
  const { backend, port } = await startPair(context, () => undefined);
  const connection = await dialHttp2(port);
  context.after(() => connection.close());
  const sized: Fields = [...post, ["content-length", "4"]];
  connection.send(headers(1, sized, 0), frame(types.DATA, END_STREAM, 1, "abc"));
  assert.equal(await connection.reset(1), codes.PROTOCOL_ERROR);
  connection.send(headers(5, sized, 0), frame(types.DATA, 0, 5, "ab"), headers(5, [["x-trailer", "1"]]));
  assert.equal(await connection.reset(5), codes.PROTOCOL_ERROR);
  connection.send(headers(7, sized, 0), frame(types.DATA, 0, 7, "abcdGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"));
  assert.equal(await connection.goaway(), codes.PROTOCOL_ERROR);
  await eventually(
    () => backend.connections.every(({ ended, received }) => ended || received === ""),
    "the end of what has begun",
  );
  assert.deepEqual(backend.requests, []);
  assert.ok(backend.connections.every(({ received }) => !received.includes("smuggled")));
});

test("what is well-formed and not let in is answered, and the connection goes on", async (context) => {
  const { backend, port } = await startPair(context, undefined, { limits: { headFields: 20 } });
  const session = await connectHttp2(context, port, { maxSendHeaderBlockLength: 128 * 1024 });
  const cases: readonly (readonly [Record<string, string>, number, string])[] = [
    [{ host: "other.io" }, 400, "AuthorityMismatch"],
    [{ ":authority": "acme.io:99999" }, 400, "InvalidPort"],
    [{ ":scheme": "ftp" }, 400, "UnsupportedScheme"],
    [{ ":path": "/a/..%2f../b" }, 400, "EncodedDotSegment"],
    [{ ":path": "/a#b" }, 400, "Fragment"],
    [{ ":path": `/${"a".repeat(17 * 1024)}` }, 414, "TargetTooLong"],
    [{ "x-long": "a".repeat(64 * 1024) }, 431, "HeadTooLarge"],
    [Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`x-${i}`, "1"])), 431, "TooManyFields"],
    [{ ":method": "PLAY" }, 501, "UnknownMethod"],
    [{ ":method": "NOSUCH" }, 501, "UnknownMethod"],
    [{ expect: "200-ok" }, 417, "UnknownExpectation"],
  ];
  for (const [fields, status, reason] of cases) {
    const answer = await request(session, fields);
    assert.deepEqual([answer.status, answer.body.split(" ")[1]], [status, `${reason}:`], reason);
  }
  // These requests continue after their heads.
  const open: readonly (readonly [Record<string, string>, number])[] = [
    [{ ":method": "CONNECT", ":authority": "acme.io:443" }, 501],
    [{ ":method": "POST", "content-length": "99999999999999999" }, 413],
  ];
  for (const [fields, expected] of open) {
    const stream = session.request({ ":authority": "acme.io", ...fields }, { endStream: false });
    const status = await new Promise((resolve) => stream.on("response", (answer) => resolve(answer[":status"])));
    assert.equal(status, expected);
    stream.close();
  }
  assert.equal(backend.requests.length, 0);
  assert.equal((await request(session, { host: "ACME.io" })).status, 200);
  assert.equal((await request(session, { ":method": "OPTIONS", ":path": "*" })).status, 200);
  assert.equal(backend.requests.at(-1)?.line, "OPTIONS * HTTP/1.1");
});

test("Host stands in where :authority is absent", async (context) => {
  const { backend, port } = await startPair(context);
  const connection = await dialHttp2(port);
  context.after(() => connection.close());
  connection.send(headers(1, [...without(":authority"), ["host", "acme.io"]]));
  assert.equal(await connection.status(1), 200);
  assert.deepEqual(backend.requests[0]?.headers.host, "acme.io");
});
