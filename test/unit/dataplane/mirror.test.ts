import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Limits } from "../../../proxy/dataplane/limits/limits.ts";
import { ok, rawBackend } from "./harness/backend.ts";
import { mirrorTo, modifier, type SnapshotOptions } from "./harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

/** Starts a proxy with a rule that mirrors to `copy`. */
async function mirrored(
  t: Parameters<typeof startBackend>[0],
  copyPort: number,
  options: Partial<SnapshotOptions> = {},
  limits: Partial<Limits> = {},
) {
  const main = await startBackend(t, ({ body }) => ok(body === "" ? "main" : body));
  const { proxy, port } = await startProxy(
    t,
    {
      rules: [{ filters: [mirrorTo("copy")], backends: { main: 1 } }],
      ...options,
      endpoints: { copy: copyPort, main: main.port, ...options.endpoints },
    },
    { limits },
  );
  return { main, proxy, port };
}

test("every request is mirrored whole, and the client sees only the answer of the primary", async (t) => {
  const copy = await startBackend(t, () => ok("copy", ["X-Copy: 1"]));
  const { main, proxy, port } = await mirrored(t, copy.port);
  const connection = await dial(port);
  const requests = [
    get("/a?b"),
    "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n",
    `POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`,
  ];
  for (const request of requests) {
    connection.send(request);
    const response = await connection.message();
    assert.equal(response.status, 200);
    assert.equal(response.headers["x-copy"], undefined);
  }
  await eventually(() => copy.requests.length === requests.length, "the copies");
  for (const [i, request] of main.requests.entries()) {
    const { length: _, ...seen } = copy.requests.find(({ line }) => line === request.line) ?? assert.fail(request.line);
    const { length: __, ...expected } = request;
    assert.deepEqual(seen, expected, String(i));
  }
  await eventually(() => proxy.stats.mirrors.sent === requests.length, "the count");
  assert.deepEqual(proxy.stats.mirrors, { sent: requests.length, dropped: 0, failed: 0 });
  connection.close();
});

test("a body that comes slowly is mirrored as it comes", async (t) => {
  const copy = await startBackend(t);
  const { port } = await mirrored(t, copy.port);
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
  for (const piece of ["ab", "cd", "ef"]) {
    await sleep(20);
    connection.send(piece);
  }
  assert.equal((await connection.message()).body, "abcdef");
  await eventually(() => copy.requests[0]?.body === "abcdef", "the copy");
  connection.close();
});

test("several mirrors, each with its share", async (t) => {
  const copies = await Promise.all([startBackend(t), startBackend(t), startBackend(t)]);
  const [all, half, tenth] = copies;
  const { port } = await mirrored(t, 0, {
    rules: [
      {
        filters: [mirrorTo("all"), mirrorTo("half", 50, 100), mirrorTo("none", 0, 100)],
        backendFilters: [mirrorTo("tenth", 1, 10)],
        backends: { main: 1 },
      },
    ],
    endpoints: { all: all?.port ?? 0, half: half?.port ?? 0, tenth: tenth?.port ?? 0, none: all?.port ?? 0 },
  });
  const connection = await dial(port);
  for (let i = 0; i < 40; i++) {
    connection.send(get("/"));
    await connection.message();
  }
  await eventually(() => copies.map(({ requests }) => requests.length).join() === "40,20,4", "40, 20 and 4 copies");
  connection.close();
});

test("a copy has what the rule's filters make of the request, and expects no 100-continue", async (t) => {
  const copy = await startBackend(t);
  const { port } = await mirrored(t, copy.port, {
    rules: [
      {
        path: { type: "PathPrefix", value: "/store" },
        filters: [
          modifier("RequestHeaderModifier", { set: { "x-set": "1" } }),
          { type: "URLRewrite", path: { type: "ReplacePrefixMatch", value: "/v2" } },
          mirrorTo("copy"),
        ],
        backends: { main: 1 },
      },
    ],
  });
  await exchange(port, "POST /store/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  await eventually(() => copy.requests.length === 1, "the copy");
  const [request] = copy.requests;
  assert.equal(request?.line, "POST /v2/x HTTP/1.1");
  assert.equal(request?.headers["x-set"], "1");
  assert.equal(request?.headers.expect, undefined);
  assert.equal(request?.body, "hi");
});

test("a dead mirror costs nothing but a count", async (t) => {
  const { proxy, port } = await mirrored(t, await unusedPort());
  const connection = await dial(port);
  for (let i = 0; i < 20; i++) {
    connection.send(get("/"));
    assert.equal((await connection.message()).body, "main");
  }
  await eventually(() => proxy.stats.mirrors.failed === 20, "20 failures");
  assert.equal(proxy.stats.mirrors.sent, 0);
  connection.close();
});

test("a mirror that never answers delays nobody and is given up in time", async (t) => {
  const copy = await startBackend(t, () => undefined);
  const { proxy, port } = await mirrored(t, copy.port, {}, { mirrorTimeout: 300 });
  const connection = await dial(port);
  const started = performance.now();
  for (let i = 0; i < 20; i++) {
    connection.send(get("/"));
    assert.equal((await connection.message()).body, "main");
  }
  assert.ok(performance.now() - started < 300);
  await eventually(() => proxy.stats.mirrors.dropped === 20, "20 given up");
  await eventually(() => copy.connections.every(({ ended }) => ended), "their connections to end");
  connection.close();
});

test("a mirror that does not read is dropped at a bound, and the body goes on to the primary", async (t) => {
  const size = 20_000_000;
  let taken = 0;
  const primary = await rawBackend(({ socket }) => {
    socket.on("data", (chunk) => {
      if (taken === 0) taken -= chunk.indexOf("\r\n\r\n") + 4;
      taken += chunk.length;
      if (taken === size) socket.write(ok("all"), "latin1");
    });
  });
  const copy = await rawBackend((connection) => connection.socket.pause());
  t.after(() => {
    primary.close();
    copy.close();
  });
  const { proxy, port } = await mirrored(
    t,
    copy.port,
    { endpoints: { main: primary.port } },
    { mirrorBuffer: 100_000 },
  );
  const connection = await dial(port);
  const before = process.memoryUsage().rss;
  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const piece = "x".repeat(1_000_000);
  for (let i = 0; i < size / piece.length; i++) {
    connection.send(piece);
    await sleep(1);
  }
  assert.equal((await connection.message()).body, "all");
  assert.equal(taken, size);
  assert.equal(proxy.stats.mirrors.dropped, 1);
  assert.ok(process.memoryUsage().rss - before < 500_000_000);
  connection.close();
});

test("a mirror that answers early, badly or by closing does not show", async (t) => {
  for (const answer of ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "nonsense\r\n\r\n", ""]) {
    const copy = await rawBackend((connection) => {
      connection.socket.once("data", () => {
        if (answer === "") connection.socket.resetAndDestroy();
        else connection.send(answer);
      });
    });
    t.after(() => copy.close());
    const { proxy, port } = await mirrored(t, copy.port);
    const connection = await dial(port);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    await sleep(30);
    connection.send("def");
    assert.equal((await connection.message()).body, "abcdef");
    const { sent, dropped, failed } = proxy.stats.mirrors;
    assert.equal(sent + dropped + failed, 1, answer);
    connection.close();
  }
});

test("a mirror is not told a body that was cut off as a whole one", async (t) => {
  const copy = await startBackend(t);
  const { port } = await mirrored(t, copy.port);
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  await eventually(() => copy.connections.length === 1, "the copy's connection");
  connection.close();
  await eventually(() => copy.connections[0]?.ended === true, "its end");
  assert.equal(copy.requests.length, 0);
});

test("mirrors that are too many are dropped", async (t) => {
  const copy = await startBackend(t, () => undefined);
  const { proxy, port } = await mirrored(t, copy.port, {}, { mirrors: 3 });
  const connection = await dial(port);
  for (let i = 0; i < 10; i++) {
    connection.send(get("/"));
    assert.equal((await connection.message()).status, 200);
  }
  assert.equal(proxy.stats.mirrors.dropped, 7);
  connection.close();
});

test("a mirror to an invalid backend is dropped, the request served", async (t) => {
  const { proxy, port } = await mirrored(t, 1, {
    rules: [
      {
        filters: [
          { type: "RequestMirror", target: { invalid: "BackendNotFound", message: "" }, numerator: 1, denominator: 1 },
        ],
        backends: { main: 1 },
      },
    ],
  });
  assert.equal((await exchange(port, get("/"))).status, 200);
  assert.deepEqual(proxy.stats.mirrors, { sent: 0, dropped: 1, failed: 0 });
});
