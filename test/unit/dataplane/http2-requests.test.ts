import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import { mirrorTo, modifier } from "./harness/configuration.ts";
import { codes, dialHttp2, frame, headers, post, types, uint32 } from "./harness/frames.ts";
import { answerOf, connectHttp2, open, request } from "./harness/http2.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

test("a request goes to its backend as HTTP/1.1, and the response comes back", async (context) => {
  const respond = () => ok("hello", ["X-Answer: 1", "Set-Cookie: a", "Set-Cookie: b"]);
  const { backend, port } = await startPair(context, respond, { requestId: false });
  const session = await connectHttp2(context, port);
  const answer = await request(session, { ":path": "/a/../b?c=d", "x-one": "1", te: "trailers" });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, "hello");
  assert.equal(answer.headers["x-answer"], "1");
  assert.deepEqual(answer.headers["set-cookie"], ["a", "b"]);
  assert.equal(answer.headers["content-length"], "5");
  assert.match(String(answer.headers.date), / GMT$/);
  const [seen] = backend.requests;
  assert.equal(seen?.line, "GET /b?c=d HTTP/1.1");
  assert.deepEqual(seen?.fields, [
    ...["host: acme.io", "x-one: 1"],
    ...["x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http", "x-forwarded-port: 80", "x-forwarded-host: acme.io"],
    "te: trailers",
  ]);
});

test("many requests on one connection are answered each by itself, on few connections to the backend", async (context) => {
  const { backend, port } = await startPair(context, (seen) => ok(seen.line));
  const session = await connectHttp2(context, port);
  const paths = Array.from({ length: 60 }, (_, i) => `/${i}`);
  const answers = await Promise.all(paths.map((path) => request(session, { ":path": path })));
  assert.deepEqual(
    answers.map(({ body }) => body),
    paths.map((path) => `GET ${path} HTTP/1.1`),
  );
  for (const path of paths) assert.equal((await request(session, { ":path": path })).status, 200);
  assert.ok(backend.connections.length <= 60);
});

test("cookies that come in crumbs are one field", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  await request(session, { cookie: ["a=1", "b=2", "c=3"] });
  assert.equal(backend.requests[0]?.headers.cookie, "a=1; b=2; c=3");
});

test("a body of known length is sized, one of unknown length is chunked, with its trailers", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  await request(session, { ":method": "POST", "content-length": "5" }, "12345");
  const stream = session.request(
    { ":authority": "acme.io", ":method": "POST" },
    { waitForTrailers: true, endStream: false },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "7", authorization: "no" }));
  stream.write("one ");
  stream.end("two");
  assert.equal((await answerOf(stream)).status, 200);
  const [sized, chunked] = backend.requests;
  assert.equal(sized?.body, "12345");
  assert.equal(sized?.headers["content-length"], "5");
  assert.equal(sized?.headers["transfer-encoding"], undefined);
  assert.equal(chunked?.body, "one two");
  assert.equal(chunked?.headers["transfer-encoding"], "chunked");
  assert.deepEqual(chunked?.trailers, ["x-sum: 7"]);
});

test("a head without an end, and then nothing, is a body of length 0", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  assert.equal((await request(session, { ":method": "POST" }, "")).status, 200);
  assert.equal(backend.requests[0]?.body, "");
});

const chunked =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n";

test("responses of every framing come out as data and an end", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  backend.respond(() => chunked);
  const trailed = await request(session);
  assert.equal(trailed.body, "abcde");
  assert.equal(trailed.trailers["x-sum"], "9");
  assert.equal(trailed.headers["transfer-encoding"], undefined);
  backend.respond(() => chunked.replace("X-Sum: 9\r\n", ""));
  assert.deepEqual(Object.keys((await request(session)).trailers), []);
  backend.respond((_, connection) => {
    connection.send(
      "HTTP/1.1 200 OK\r\nConnection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\n\r\nuntil the end",
    );
    connection.socket.end();
    return undefined;
  });
  const closed = await request(session);
  assert.equal(closed.body, "until the end");
  assert.equal(closed.code, 0);
  for (const name of ["connection", "x-hop", "keep-alive"]) assert.equal(closed.headers[name], undefined);
});

test("responses without a body end with their head, whatever their fields say", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  backend.respond(() => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  const head = await request(session, { ":method": "HEAD" });
  assert.deepEqual([head.status, head.body, head.headers["content-length"]], [200, "", "1000"]);
  backend.respond(() => "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  const empty = await request(session);
  assert.deepEqual([empty.status, empty.headers["content-length"]], [204, undefined]);
  backend.respond(() => "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: x\r\n\r\n");
  const same = await request(session);
  assert.deepEqual([same.status, same.headers.etag, same.code], [304, "x", 0]);
});

test("interim responses are passed on, and a 100-continue is waited for", async (context) => {
  const { backend, port } = await startPair(context, (_, connection) => {
    connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    return ok();
  });
  const session = await connectHttp2(context, port);
  const { interim, status } = await request(session);
  assert.equal(status, 200);
  assert.deepEqual([interim[0]?.[":status"], interim[0]?.link], [103, "</a>"]);
  backend.respond(() => ok());
  const stream = session.request({ ":authority": "acme.io", ":method": "PUT", expect: "100-continue" });
  await eventually(
    () => backend.connections.some(({ received }) => received.includes("expect: 100-continue")),
    "the head",
  );
  backend.connections.at(-1)?.send("HTTP/1.1 100 Continue\r\n\r\n");
  await once(stream, "continue");
  stream.end("body");
  assert.equal((await answerOf(stream)).status, 200);
  assert.equal(backend.requests.at(-1)?.body, "body");
});

test("answers of the proxy's own have their reason in their body", async (context) => {
  const backend = await startBackend(context);
  const { port, proxy } = await startProxy(context, {
    endpoints: { main: backend.port },
    hostname: "acme.io",
    rules: [
      {
        path: { type: "PathPrefix", value: "/old" },
        filters: [{ type: "RequestRedirect", statusCode: 301, hostname: "new.io" }],
      },
      { path: { type: "PathPrefix", value: "/none" }, backends: { "!BackendNotFound": 1 } },
    ],
  });
  const session = await connectHttp2(context, port);
  const missing = await request(session, { ":path": "/nowhere" });
  assert.deepEqual([missing.status, missing.body], [404, "404 NoRoute: No route matches the request.\n"]);
  assert.equal((await request(session, { ":authority": "other.io" })).status, 404);
  assert.equal((await request(session, { ":path": "/none" })).status, 500);
  const moved = await request(session, { ":path": "/old/x" });
  assert.deepEqual([moved.status, moved.headers.location, moved.body], [301, "http://new.io/old/x", ""]);
  const head = await request(session, { ":path": "/nowhere", ":method": "HEAD" });
  assert.deepEqual([head.status, head.body, head.headers["content-length"]], [404, "", String(missing.body.length)]);
  const { responses } = [...proxy.stats.gateways.values()][0] ?? {};
  assert.deepEqual([responses?.redirection, responses?.clientError, responses?.serverError], [1, 3, 1]);
});

test("filters apply as to any request; a mirror gets its copy", async (context) => {
  const [main, copy] = [await startBackend(context, () => ok("", ["X-Gone: 1"])), await startBackend(context)];
  const filters = [
    modifier("RequestHeaderModifier", { set: { "X-Set": "1" }, remove: ["x-remove"] }),
    modifier("ResponseHeaderModifier", { add: { "X-Added": "1" }, remove: ["x-gone"] }),
    mirrorTo("copy"),
  ];
  const { port } = await startProxy(context, {
    endpoints: { main: main.port, copy: copy.port },
    rules: [{ filters, backends: { main: 1 } }],
  });
  const session = await connectHttp2(context, port);
  const answer = await request(session, { ":method": "POST", "x-remove": "1" }, "body");
  assert.deepEqual([answer.headers["x-added"], answer.headers["x-gone"]], ["1", undefined]);
  await eventually(() => copy.requests.length === 1, "the copy");
  for (const seen of [main.requests[0], copy.requests[0]]) {
    assert.deepEqual([seen?.headers["x-set"], seen?.headers["x-remove"], seen?.body], ["1", undefined, "body"]);
  }
});

test("a request whose client is gone is given up at the backend", async (context) => {
  const { backend, port } = await startPair(context, () => undefined);
  const session = await connectHttp2(context, port);
  const stream = open(session);
  stream.on("error", () => {});
  await eventually(() => backend.requests.length === 1, "the request");
  stream.close(8);
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
  backend.respond(() => ok());
  assert.equal((await request(session)).status, 200);
});

test("a body that its client gives up is never completed at the backend, even by a reset without error", async (context) => {
  const { backend, port } = await startPair(context);
  for (const code of [codes.NO_ERROR, codes.CANCEL]) {
    const at = backend.connections.length;
    const connection = await dialHttp2(port);
    connection.send(headers(1, post, 0), frame(types.DATA, 0, 1, "half"));
    await eventually(() => backend.connections[at]?.received.includes("half") === true, "the half");
    connection.send(frame(types.RST_STREAM, 0, 1, uint32(code)));
    await eventually(() => backend.connections[at]?.ended === true, "the end of the backend's connection");
    connection.close();
  }
  assert.deepEqual(backend.requests, []);
});

test("a response that breaks off is reset, and never ends as if it were whole", async (context) => {
  const { backend, port } = await startPair(context);
  const session = await connectHttp2(context, port);
  for (const head of ["Content-Length: 1000", "Transfer-Encoding: chunked"]) {
    for (const wait of [false, true]) {
      backend.respond((_, connection) => {
        connection.send(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n3\r\nabc\r\n`);
        if (wait) setTimeout(() => connection.socket.resetAndDestroy(), 20);
        else connection.socket.end();
        return undefined;
      });
      assert.equal((await request(session)).code, codes.INTERNAL_ERROR, `${head}, ${wait}`);
    }
  }
  backend.respond(() => ok());
  assert.equal((await request(session)).status, 200);
});

test("a backend that fails before it answers is answered for", async (context) => {
  const { port } = await startPair(context, (_, connection) => {
    connection.close();
    return undefined;
  });
  const session = await connectHttp2(context, port);
  assert.equal((await request(session, { ":method": "POST" }, "x")).status, 502);
});

test("an answer that does not wait for the body ends the stream without error", async (context) => {
  const { port } = await startProxy(context, { endpoints: {}, rules: [] });
  const session = await connectHttp2(context, port);
  const stream = session.request({ ":authority": "acme.io", ":method": "POST" }, { endStream: false });
  stream.write("x".repeat(100_000));
  const answer = await answerOf(stream);
  assert.deepEqual([answer.status, answer.code], [404, 0]);
});

test("a status that HTTP/2 does not know is a 502", async (context) => {
  const { port } = await startPair(context, () => "HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\nok");
  const session = await connectHttp2(context, port);
  assert.deepEqual((({ status, body }) => [status, body])(await request(session)), [502, "ok"]);
});

test("large bodies pass both ways", async (context) => {
  const size = 3_000_000;
  const { backend, port } = await startPair(context, () => ok("b".repeat(size)));
  const session = await connectHttp2(context, port);
  const answer = await request(session, { ":method": "POST" }, "a".repeat(size));
  assert.equal(answer.body.length, size);
  assert.equal(backend.requests[0]?.body.length, size);
});
