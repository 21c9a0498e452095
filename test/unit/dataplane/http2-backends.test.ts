import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import { Backend } from "./harness/backend.ts";
import { mirrorTo, type RuleOptions, snapshot } from "./harness/configuration.ts";
import { codes } from "./harness/frames.ts";
import { answerOf, connectHttp2, open, request } from "./harness/http2.ts";
import { answer, bodyOf, startHttp2Backend } from "./harness/http2-backend.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

async function start(context: TestContext, port: number | number[], options: ProxyOptions = {}, rules?: RuleOptions[]) {
  return startProxy(
    context,
    { endpoints: { main: port }, backend: { protocol: "h2c" }, ...(rules === undefined ? {} : { rules }) },
    options,
  );
}

test("a request over HTTP/1.1 goes to an HTTP/2 backend, on one connection", async (context) => {
  const backend = await startHttp2Backend(context, answer("hello", { "x-answer": "1" }));
  const { port } = await start(context, backend.port);
  const connection = await dial(port);
  for (let i = 0; i < 3; i++) {
    connection.send(get("/a?b=c", ["X-One: 1", "Connection: x-hop", "X-Hop: 1", "HTTP2-Settings: x"]));
    const { line, body, headers } = await connection.message();
    assert.deepEqual([line, body, headers["x-answer"]], ["HTTP/1.1 200 OK", "hello", "1"]);
    assert.equal(headers["transfer-encoding"], "chunked");
  }
  connection.close();
  assert.equal(backend.sessions.length, 1);
  const [head] = backend.heads;
  assert.deepEqual(
    [head?.[":method"], head?.[":path"], head?.[":authority"], head?.[":scheme"]],
    ["GET", "/a?b=c", "acme.io", "http"],
  );
  assert.deepEqual([head?.["x-one"], head?.["x-hop"], head?.["x-forwarded-for"]], ["1", undefined, "127.0.0.1"]);
});

test("bodies and trailers pass both ways, from either protocol", async (context) => {
  const seen: string[] = [];
  const backend = await startHttp2Backend(context, (stream) => {
    stream.on("trailers", (trailers) => seen.push(`trailer ${trailers["x-sum"]}`));
    void bodyOf(stream).then((body) => {
      seen.push(body.length > 20 ? String(body.length) : body);
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "7" }));
      stream.write("b".repeat(100_000));
      stream.end("c");
    });
  });
  const { port } = await start(context, backend.port);
  const chunked =
    "POST / HTTP/1.1\r\nHost: acme.io\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n";
  const first = await exchange(port, chunked);
  assert.deepEqual([first.status, first.body.length, first.trailers], [200, 100_001, ["x-end: 7"]]);
  const sized = `POST / HTTP/1.1\r\nHost: acme.io\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`;
  assert.equal((await exchange(port, sized)).body.length, 100_001);
  const session = await connectHttp2(context, port);
  const stream = session.request(
    { ":authority": "acme.io", ":method": "POST" },
    { waitForTrailers: true, endStream: false },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "2" }));
  stream.end("two");
  const second = await answerOf(stream);
  assert.deepEqual([second.status, second.body.length, second.trailers["x-end"], second.code], [200, 100_001, "7", 0]);
  assert.deepEqual(seen.sort(), ["300000", "abc", "trailer 1", "trailer 2", "two"].sort());
});

test("a response that is no more than a head, and one that is longer than a window", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => stream.respond({ ":status": 204 }, { endStream: true }));
  const { port } = await start(context, backend.port);
  assert.equal((await exchange(port, get("/"))).status, 204);
  backend.respond((stream) => stream.respond({ ":status": 200, "grpc-status": "5" }, { endStream: true }));
  const one = await exchange(port, get("/"));
  assert.deepEqual([one.status, one.headers["content-length"], one.headers["grpc-status"]], [200, "0", "5"]);
  const head = await exchange(port, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", { bodiless: true });
  assert.deepEqual([head.status, head.headers["content-length"]], [200, undefined]);
  const session = await connectHttp2(context, port);
  const short = await request(session);
  assert.deepEqual([short.status, short.headers["grpc-status"], short.body, short.code], [200, "5", "", 0]);
  assert.equal((await request(session, { ":method": "HEAD" })).status, 200);
  const large = "l".repeat(2_000_000);
  backend.respond(answer(large, { "content-length": String(large.length) }));
  assert.ok((await request(session)).body === large);
  assert.ok((await exchange(port, get("/"))).body === large);
});

test("interim responses are passed on", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    stream.additionalHeaders({ ":status": 103, link: "</a>" });
    stream.respond({ ":status": 200 }, { endStream: true });
  });
  const { port } = await start(context, backend.port);
  const { interim, status } = await request(await connectHttp2(context, port));
  assert.deepEqual([interim[0]?.link, status], ["</a>", 200]);
});

test("many requests share a connection, and a second is made when it is full", async (context) => {
  let most = 0;
  let active = 0;
  const backend = await startHttp2Backend(
    context,
    (stream) => {
      most = Math.max(most, ++active);
      setTimeout(() => {
        active--;
        stream.respond({ ":status": 200 }, { endStream: true });
      }, 30);
    },
    { settings: { maxConcurrentStreams: 10 } },
  );
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const answers = await Promise.all(Array.from({ length: 30 }, () => request(session)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(backend.sessions.length <= 3, `${backend.sessions.length} connections`);
  assert.ok(most >= 10);
});

test("a body that is given up is never completed, and a request that is given up is reset", async (context) => {
  const ends: string[] = [];
  const backend = await startHttp2Backend(context, (stream) => {
    void bodyOf(stream).then(
      (body) => ends.push(body),
      (error: Error) => ends.push(error.message),
    );
  });
  const { port } = await start(context, backend.port);
  const half = await dial(port);
  half.send("POST / HTTP/1.1\r\nHost: acme.io\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  await eventually(() => backend.heads.length === 1, "the request");
  half.close();
  await eventually(() => ends.length === 1, "the end of the request");
  assert.deepEqual(ends, [`closed with ${codes.CANCEL}`]);
  backend.respond((stream) => stream.on("close", () => ends.push(`reset ${stream.rstCode}`)));
  const whole = await dial(port);
  whole.send(get("/"));
  await eventually(() => backend.heads.length === 2, "the request");
  whole.socket.resetAndDestroy();
  await eventually(() => ends.length === 2, "the end of the request");
  assert.equal(ends[1], `reset ${codes.CANCEL}`);
});

test("a response that is reset is cut for the client, even if it is reset without error", async (context) => {
  const backend = await startHttp2Backend(context);
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  for (const code of [codes.INTERNAL_ERROR, codes.CANCEL]) {
    backend.respond((stream) => {
      stream.respond({ ":status": 200 });
      stream.write("half", () =>
        setTimeout(() => stream.destroy(code === codes.CANCEL ? undefined : new Error("cut")), 20),
      );
    });
    const answered = await request(session);
    assert.deepEqual(
      [answered.status, answered.body, answered.code],
      [200, "half", codes.INTERNAL_ERROR],
      String(code),
    );
    const plain = await dial(port);
    plain.send(get("/"));
    await plain.end();
    assert.ok(plain.received.includes("half") && !plain.received.includes("0\r\n\r\n"));
  }
});

test("a request that the backend has not looked at is sent again, whatever its method", async (context) => {
  let refusals = 0;
  const backend = await startHttp2Backend(context, (stream) => {
    if (refusals++ === 0) stream.close(codes.REFUSED_STREAM);
    else answer()(stream, {}, []);
  });
  const { port, proxy } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const first = await request(session, { ":method": "POST" });
  assert.deepEqual([first.status, first.body], [200, "ok"]);
  assert.equal(proxy.stats.resent, 1);
  backend.respond((stream) => stream.close(codes.REFUSED_STREAM));
  assert.equal((await request(session)).status, 503);
});

test("a backend that says goodbye finishes what it has, and gets nothing more on that connection", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    setTimeout(() => {
      stream.respond({ ":status": 200 });
      stream.end("late");
    }, 50);
  });
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const first = request(session);
  await eventually(() => backend.heads.length === 1, "the request");
  backend.sessions[0]?.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const second = request(session);
  assert.deepEqual([(await first).body, (await second).body], ["late", "late"]);
  assert.equal(backend.sessions.length, 2);
});

test("backends that fail are answered for", async (context) => {
  const silent = await startHttp2Backend(context, () => {});
  const late = await start(context, silent.port, {}, [{ timeouts: { backendRequest: 100 } }]);
  assert.equal((await exchange(late.port, get("/"))).status, 504);
  await eventually(() => silent.sessions[0]?.state.effectiveLocalWindowSize !== undefined, "the connection lives");
  const nobody = await start(context, await unusedPort());
  assert.equal((await exchange(nobody.port, get("/"))).status, 503);
  const old = await new Backend(() => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").listen();
  context.after(() => old.close());
  const http1 = await start(context, old.port, { limits: { connectTimeout: 300 } });
  assert.equal((await exchange(http1.port, get("/"))).status, 503);
  const dying = await startHttp2Backend(context, (stream) => stream.session?.socket.destroy());
  const dead = await start(context, dying.port);
  assert.equal((await exchange(dead.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).status, 502);
});

test("retries, failover and mirrors work over HTTP/2 as well", async (context) => {
  let tries = 0;
  const backend = await startHttp2Backend(context, (stream) => {
    stream.respond({ ":status": ++tries < 3 ? 503 : 200 });
    stream.end("x");
  });
  const retried = await start(context, backend.port, {}, [{ retry: { attempts: 3, backoff: 1, codes: [503] } }]);
  assert.equal((await exchange(retried.port, get("/"))).status, 200);
  const two = await start(context, [await unusedPort(), backend.port]);
  for (let i = 0; i < 4; i++) assert.equal((await exchange(two.port, get("/"))).status, 200);
  const copies: string[] = [];
  const copy = await startHttp2Backend(context, (stream) => {
    void bodyOf(stream).then((body) => copies.push(body));
  });
  const main = await startHttp2Backend(context);
  const { port } = await startProxy(context, {
    endpoints: { main: main.port, copy: copy.port },
    backend: { protocol: "h2c" },
    rules: [{ filters: [mirrorTo("copy")], backends: { main: 1 } }],
  });
  const posted = await exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
  assert.equal(posted.status, 200);
  await eventually(() => copies.length === 1, "the copy");
  assert.deepEqual(copies, ["body"]);
});

test("a client that reads slowly holds the backend up", async (context) => {
  const backend = await startHttp2Backend(context);
  let written = 0;
  backend.respond((stream) => {
    stream.respond({ ":status": 200 });
    const more = () => {
      while (written < 50_000_000 && !stream.destroyed) {
        written += 65_536;
        if (!stream.write(Buffer.alloc(65_536))) {
          stream.once("drain", more);
          return;
        }
      }
    };
    more();
  });
  const { port } = await start(context, backend.port);
  const session = await connectHttp2(context, port);
  const stream = open(session);
  stream.on("error", () => {});
  stream.pause();
  await new Promise((resolve) => stream.once("response", resolve));
  let before = -1;
  while (written !== before) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.ok(written < 5_000_000, `${written} bytes were taken`);
  stream.close(codes.CANCEL);
});

test("a backend that changes its protocol is spoken to in the new one; idle connections end in time", async (context) => {
  const over2 = await startHttp2Backend(context, answer("two"));
  const over1 = await startBackend(context);
  const { proxy, port } = await start(context, over2.port, { limits: { upstreamIdleTimeout: 100 } });
  assert.equal((await exchange(port, get("/"))).body, "two");
  await eventually(() => over2.sessions[0]?.destroyed === true, "the end of the idle connection");
  const base = snapshot({ endpoints: { main: over1.port }, localPort: 0 });
  const [bound] = await proxy.apply(base);
  assert.equal((await exchange(bound?.localPort ?? 0, get("/"))).body, "ok");
});
