import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ok } from "./harness/backend.ts";
import { startPair, startProxy } from "./harness/setup.ts";
import { dial, eventually, get } from "./harness/wire.ts";

test("a connection carries one request after another, and the backend's connection is used again", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  for (let i = 0; i < 5; i++) {
    connection.send(get(`/${i}`));
    const response = await connection.message();
    assert.equal(response.status, 200);
    assert.equal(response.headers.connection, undefined);
  }
  assert.equal(backend.connections.length, 1);
  connection.close();
});

test("requests that are sent at once are answered in order, whatever time the backend takes", async (t) => {
  const { backend, port } = await startPair(t, async ({ line }) => {
    await sleep(line.includes("slow") ? 60 : 0);
    return ok(line);
  });
  const connection = await dial(port);
  const targets = ["/slow", "/a", "/slow2", "/b", "/c"];
  connection.send(targets.map((target) => get(target)).join(""));
  for (const target of targets) assert.equal((await connection.message()).body, `GET ${target} HTTP/1.1`);
  assert.equal(backend.requests.length, targets.length);
  connection.close();
});

test("requests with bodies are told apart when they come at once", async (t) => {
  const { backend, port } = await startPair(t, ({ body }) => ok(body));
  const connection = await dial(port);
  const head = "POST / HTTP/1.1\r\nHost: a\r\n";
  connection.send(
    `${head}Content-Length: 5\r\n\r\nfirst${head}Transfer-Encoding: chunked\r\n\r\n6\r\nsecond\r\n0\r\n\r\n${get("/")}${head}Content-Length: 5\r\n\r\nthird`,
  );
  for (const body of ["first", "second", "", "third"]) assert.equal((await connection.message()).body, body);
  assert.equal(backend.requests.length, 4);
  connection.close();
});

test("answers of the proxy's own keep their place among others", async (t) => {
  const { port } = await startPair(t, ({ line }) => ok(line));
  const { proxy, port: narrow } = await startProxy(t, {
    rules: [{ path: { type: "PathPrefix", value: "/served" } }],
    endpoints: { main: [] },
  });
  assert.ok(proxy);
  const other = await dial(narrow);
  other.send(get("/none") + get("/served") + get("/none"));
  assert.deepEqual(
    [await other.message(), await other.message(), await other.message()].map(({ status }) => status),
    [404, 503, 404],
  );
  other.close();
  const connection = await dial(port);
  connection.send(get("/a"));
  assert.equal((await connection.message()).status, 200);
  connection.close();
});

test("thousands of requests in one piece are answered one by one", async (t) => {
  const { port } = await startPair(t);
  const connection = await dial(port);
  connection.send(get("/").repeat(3_000));
  for (let i = 0; i < 3_000; i++) assert.equal((await connection.message()).status, 200);
  connection.close();
});

test("Connection: close ends the connection behind the response", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  connection.send(get("/", ["Connection: close"]) + get("/never"));
  const response = await connection.message();
  assert.equal(response.headers.connection, "close");
  assert.equal(await connection.end(), "");
  assert.equal(backend.requests.length, 1);
  assert.equal(backend.requests[0]?.headers.connection, undefined);
});

const http10: readonly (readonly [string, readonly string[], boolean, string | undefined])[] = [
  ["ends the connection", [], true, "close"],
  ["ends it in spite of keep-alive with close", ["Connection: keep-alive, close"], true, "close"],
  ["keeps it if asked to", ["Connection: Keep-Alive"], false, "keep-alive"],
];

for (const [what, fields, ends, connectionField] of http10) {
  test(`HTTP/1.0 ${what}`, async (t) => {
    const { backend, port } = await startPair(t);
    const connection = await dial(port);
    connection.send(`GET / HTTP/1.0\r\n${["Host: a", ...fields].join("\r\n")}\r\n\r\n`);
    const response = await connection.message();
    assert.equal(response.headers.connection, connectionField);
    assert.equal(response.body, "ok");
    assert.match(backend.requests[0]?.line ?? "", /HTTP\/1\.1$/);
    if (ends) await connection.end();
    else {
      connection.send(get("/"));
      assert.equal((await connection.message()).status, 200);
    }
    connection.close();
  });
}

test("HTTP/1.0 gets a chunked body as it is, and its end with the connection's", async (t) => {
  const { port } = await startPair(
    t,
    () => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n",
  );
  const connection = await dial(port);
  connection.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  await connection.end();
  const response = await connection.message();
  assert.equal(response.body, "hello world");
  assert.equal(response.headers["transfer-encoding"], undefined);
  assert.equal(response.headers.connection, "close");
});

test("a client that closes its side after its request still gets the response", async (t) => {
  const { port } = await startPair(t, async () => {
    await sleep(50);
    return ok("late");
  });
  const connection = await dial(port, { allowHalfOpen: true });
  connection.socket.end(get("/"));
  const response = await connection.message();
  assert.equal(response.body, "late");
  assert.equal(response.headers.connection, "close");
  await connection.end();
  connection.close();
});

test("a client that closes its side after two requests gets both responses", async (t) => {
  const { port } = await startPair(t, async ({ line }) => {
    await sleep(20);
    return ok(line);
  });
  const connection = await dial(port, { allowHalfOpen: true });
  connection.socket.end(get("/1") + get("/2"));
  assert.equal((await connection.message()).body, "GET /1 HTTP/1.1");
  assert.equal((await connection.message()).body, "GET /2 HTTP/1.1");
  await connection.end();
});

test("a client that goes away takes its request to the backend with it", async (t) => {
  const { backend, proxy, port } = await startPair(t, () => undefined);
  const connection = await dial(port);
  connection.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the request");
  connection.socket.resetAndDestroy();
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
  assert.equal(proxy.stats.connections.active, 0);
});

test("a request that is cut off never reaches a backend as a whole one", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  await eventually(() => backend.connections.length === 1, "the backend's connection");
  connection.close();
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
  assert.equal(backend.requests.length, 0);
});

test("an idle connection is closed, a head that does not come is answered 408", async (t) => {
  const { port } = await startPair(t, () => ok(), { limits: { idleTimeout: 100, headTimeout: 100 } });
  const idle = await dial(port);
  assert.equal(await idle.end(), "");
  const used = await dial(port);
  used.send(get("/"));
  assert.equal((await used.message()).status, 200);
  assert.equal(await used.end(), "");
  const slow = await dial(port);
  slow.send("GET / HTTP/1.1\r\nHo");
  const response = await slow.message();
  assert.equal(response.status, 408);
  assert.match(response.body, /HeadTimeout/);
  await slow.end();
});

test("a head that comes in drops is bounded by one deadline", async (t) => {
  const { port } = await startPair(t, () => ok(), { limits: { headTimeout: 150 } });
  const slow = await dial(port);
  const started = performance.now();
  const drip = setInterval(() => slow.send("A"), 20);
  slow.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  const response = await slow.message();
  clearInterval(drip);
  assert.equal(response.status, 408);
  assert.ok(performance.now() - started < 1_000);
  slow.close();
});

test("an incomplete head that is too much already is answered at once", async (t) => {
  const { port } = await startPair(t, () => ok(), { limits: { headFields: 8, headBytes: 2_000, targetBytes: 500 } });
  const head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (const [begun, status, reason] of [
    [`${head}${"A: b\r\n".repeat(8)}`, 431, "TooManyFields"],
    [`${head}A: ${"b".repeat(2_000)}`, 431, "HeadTooLarge"],
    [`GET /${"a".repeat(600)}`, 414, "TargetTooLong"],
  ] as const) {
    // At the deadline for heads, after 10 s, the response would be 408.
    for (const pieces of [[begun], [begun.slice(0, 40), begun.slice(40)]]) {
      const connection = await dial(port);
      for (const piece of pieces) {
        connection.send(piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const response = await connection.message();
      assert.equal(response.status, status);
      assert.match(response.body, new RegExp(reason));
      await connection.end();
    }
  }
});

test("a body that does not come is answered 408", async (t) => {
  const { backend, port } = await startPair(t, () => ok(), { limits: { bodyIdleTimeout: 100 } });
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  const response = await connection.message();
  assert.equal(response.status, 408);
  assert.match(response.body, /BodyTimeout/);
  await connection.end();
  assert.equal(backend.requests.length, 0);
});

test("one connection too many is answered 503", async (t) => {
  const { proxy, port } = await startPair(t, () => ok(), { limits: { connections: 2 } });
  const first = await dial(port);
  const second = await dial(port);
  await eventually(() => proxy.stats.connections.active === 2, "two connections");
  const third = await dial(port);
  const response = await third.message();
  assert.equal(response.status, 503);
  assert.equal(response.headers["retry-after"], "1");
  await third.end();
  first.close();
  await eventually(() => proxy.stats.connections.active === 1, "one connection");
  const fourth = await dial(port);
  fourth.send(get("/"));
  assert.equal((await fourth.message()).status, 200);
  second.close();
  fourth.close();
});

test("a client that sends and sends and reads nothing is held up, not remembered", async (t) => {
  const { proxy, port } = await startProxy(
    t,
    { rules: [{ path: { type: "Exact", value: "/only" } }], endpoints: { main: 1 } },
    { limits: { writeTimeout: 200 } },
  );
  const connection = await dial(port);
  connection.socket.pause();
  const piece = get("/none").repeat(1_000);
  const before = process.memoryUsage().rss;
  let sent = 0;
  for (let i = 0; i < 2_000 && !connection.socket.destroyed; i++) {
    if (!connection.socket.write(piece)) await sleep(1);
    sent += piece.length;
    if (connection.socket.writableLength > 4_000_000) break;
  }
  assert.ok(sent > 1_000_000);
  await eventually(() => proxy.stats.connections.active === 0, "the connection to be cut", 10_000);
  assert.ok(process.memoryUsage().rss - before < 150_000_000);
  connection.close();
});
