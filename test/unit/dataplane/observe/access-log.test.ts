import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AccessLogOptions, ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { ok, type Respond } from "../harness/backend.ts";
import { mirrorTo, type RuleOptions } from "../harness/configuration.ts";
import { connectHttp2, request } from "../harness/http2.ts";
import { startBackend, startProxy, unusedPort } from "../harness/setup.ts";
import { dial, eventually, exchange, get } from "../harness/wire.ts";
import { LogFile, type LogLine } from "./log-file.ts";

interface Options extends ProxyOptions {
  readonly log?: Omit<AccessLogOptions, "to">;
  readonly rule?: RuleOptions;
  readonly respond?: Respond;
}

async function start(t: TestContext, { log: options, rule = {}, respond, ...proxyOptions }: Options = {}) {
  const backend = await startBackend(t, respond);
  const log = new LogFile(t, options);
  const endpoints = { main: backend.port };
  const started = await startProxy(t, { rules: [rule], endpoints }, { accessLog: log.options, ...proxyOptions });
  return { backend, log, ...started };
}

/** Returns the only line of a log. Values that differ between runs are checked and left out. */
async function only(log: LogFile): Promise<LogLine> {
  const [line, ...more] = await log.until(1);
  assert.deepEqual(more, []);
  const {
    time,
    duration_ms: duration,
    first_byte_ms: first,
    upstream_ms: upstream,
    request_id: id,
    ...rest
  } = line ?? {};
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
  for (const value of [duration, first, upstream])
    assert.ok(value === undefined || (typeof value === "number" && value >= 0));
  assert.equal(typeof id === "string" || "reason" in rest, true);
  return rest;
}

const common = { client: "127.0.0.1", gateway: "edge/test", port: 80 };
const routed = { ...common, listener: "http", route_kind: "HTTPRoute", route: "default/test", rule: "0" };

test("a request is told with where it went and what came of it", async (t) => {
  const { backend, log, port } = await start(t, { respond: () => ok("hello") });
  await exchange(
    port,
    `POST /a/../b?secret=1 HTTP/1.1\r\nHost: ACME.io:80\r\nContent-Length: 3\r\nCookie: a\r\n\r\nabc`,
  );
  const [line] = await log.until(1);
  assert.equal(line?.request_id, backend.requests[0]?.headers["x-request-id"]);
  assert.ok(Number(line?.first_byte_ms) <= Number(line?.duration_ms));
  assert.deepEqual(await only(log), {
    ...routed,
    ...{ protocol: "HTTP/1.1", method: "POST", host: "acme.io", path: "/b", status: 200 },
    ...{ backend: "default/main:80", endpoint: `127.0.0.1:${backend.port}`, received_bytes: 3, sent_bytes: 5 },
  });
});

test("query and fields of requests are told if that is asked for", async (t) => {
  const { log, port } = await start(t, { log: { query: true, headers: ["user-agent", "x-none", "x-quote"] } });
  await exchange(port, get("/a?b=c", ["User-Agent: curl", 'X-Quote: a"b\\', "Authorization: no"]));
  const { query, headers } = await only(log);
  assert.equal(query, "b=c");
  assert.deepEqual(headers, { "user-agent": "curl", "x-quote": 'a"b\\' });
  assert.doesNotMatch(log.text, /no"/);
});

test("of a credential no more is told than that it came", async (t) => {
  const { log, port } = await start(t, { log: { headers: ["authorization", "cookie"] } });
  await exchange(port, get("/", ["Authorization: Basic aHVudGVyMg=="]));
  const { headers } = await only(log);
  assert.deepEqual(headers, { authorization: "(not shown)" });
  assert.doesNotMatch(log.text, /aHVudGVyMg/);
});

test("values of fields and query parameters that are named as credentials are not written", async (t) => {
  const credentials = /token|api-key/i;
  const log = { query: true, headers: ["x-api-key", "x-plain"], credentials };
  const { log: lines, port } = await start(t, { log });
  await exchange(port, get("/a?a=1&Token=hunter2&%74oken=hunter2;b=2", ["X-Api-Key: hunter2", "X-Plain: shown"]));
  const { query, headers } = await only(lines);
  assert.equal(query, "a=1&Token=(not shown)&%74oken=(not shown);b=2");
  assert.deepEqual(headers, { "x-api-key": "(not shown)", "x-plain": "shown" });
  assert.doesNotMatch(lines.text, /hunter2/);
});

test("answers of the proxy's own are told with their reason", async (t) => {
  const { log, port } = await start(t, { rule: { path: { type: "Exact", value: "/only" } } });
  const answer = await exchange(port, get("/other"));
  assert.match(answer.body, /404 NoRoute/);
  assert.deepEqual(await only(log), {
    ...common,
    ...{ protocol: "HTTP/1.1", method: "GET", host: "acme.io", path: "/other", status: 404, reason: "NoRoute" },
    ...{ received_bytes: 0, sent_bytes: answer.body.length },
  });
});

test("requests that cannot be read are told, and nothing of the one before them", async (t) => {
  const { log, port } = await start(t);
  const connection = await dial(port);
  connection.send(get("/good"));
  await connection.message();
  connection.send("GET /bad HTTP/1.1\r\n\r\n");
  assert.equal((await connection.message()).status, 400);
  const [, line] = await log.until(2);
  const { time, ...rest } = line ?? {};
  assert.deepEqual(rest, { ...common, protocol: "HTTP/1.1", status: 400, reason: "HostMissing" });
});

test("a target that is refused is told as it came, without its query", async (t) => {
  const { log, port } = await start(t, { log: { query: true } });
  await exchange(port, get("/a%00b?secret=1"));
  const line = await only(log);
  assert.equal(line.status, 400);
  assert.equal(line.path, "/a%00b");
  assert.doesNotMatch(log.text, /secret/);
});

test("nothing that a client sends breaks a line", async (t) => {
  const { log, port } = await start(t, { log: { query: true, headers: ["x-evil"] } });
  await exchange(port, get('/"},{"a":"\x7f\xff?"\\\x80', ['X-Evil: "\x9b31m\t\\"}\xff']));
  await exchange(port, get(`/${"\xff".repeat(4000)}?${"\\".repeat(3000)}`, [`X-Evil: ${"\\".repeat(3000)}`]));
  await log.until(2);
  assert.match(log.text, /^[ -~\n]*$/);
  for (const line of log.text.split("\n")) assert.ok(line.length < 4096, String(line.length));
});

test("a body that is refused half-way is told once, with the refusal", async (t) => {
  const { log, port, proxy } = await start(t);
  const connection = await dial(port);
  connection.send("POST /up HTTP/1.1\r\nHost: acme.io\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  assert.equal((await connection.message()).status, 400);
  connection.close();
  const line = await only(log);
  assert.equal(line.reason, "MalformedBody");
  assert.equal(line.status, 400);
  assert.equal(line.path, "/up");
  assert.equal(line.aborted, undefined);
  const stats = proxy.stats.gateway({ namespace: "edge", name: "test" });
  assert.equal(stats.answers.get("MalformedBody"), 1);
  assert.equal(stats.responses.clientError, 1);
  assert.equal(stats.active, 0);
});

test("a client that leaves is told as such, and counted", async (t) => {
  const { backend, log, port, proxy } = await start(t, { respond: () => undefined });
  const connection = await dial(port);
  connection.send(get("/slow"));
  await eventually(() => backend.requests.length === 1, "the request");
  const stats = proxy.stats.gateway({ namespace: "edge", name: "test" });
  assert.equal(stats.active, 1);
  connection.socket.resetAndDestroy();
  const line = await only(log);
  assert.deepEqual([line.status, line.aborted, line.reason], [0, true, undefined]);
  assert.deepEqual([stats.active, stats.aborted], [0, 1]);
});

test("a response that breaks off is told with its status and the error", async (t) => {
  const { log, port } = await start(t, {
    respond: (_request, connection) => {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      setTimeout(() => connection.close(), 20);
      return undefined;
    },
  });
  const connection = await dial(port);
  connection.send(get("/"));
  await connection.end();
  const { status, error, sent_bytes: sent, aborted } = await only(log);
  assert.deepEqual([status, error, sent, aborted], [200, "reset", 3, undefined]);
});

test("attempts, retries and errors of backends are told", async (t) => {
  const log = new LogFile(t);
  const [dead, alive] = [await unusedPort(), await startBackend(t, () => ok("x"))];
  const rules = [
    { path: { type: "PathPrefix", value: "/dead" }, backends: { dead: 1 } },
    { backends: { both: 1 }, retry: { attempts: 2, codes: [], backoff: 1 } },
  ] as const;
  const endpoints = { dead, both: [dead, alive.port] };
  const { port } = await startProxy(t, { rules, endpoints }, { accessLog: log.options });
  await exchange(port, get("/dead"));
  for (let i = 0; i < 2; i++) await exchange(port, get("/"));
  const [unreachable, ...answered] = await log.until(3);
  assert.deepEqual(
    [unreachable?.status, unreachable?.reason, unreachable?.error, unreachable?.endpoint],
    [503, "BackendUnreachable", "connect", undefined],
  );
  const again = answered.find(({ retries }) => retries !== undefined);
  assert.deepEqual(
    [again?.status, again?.retries, again?.error, again?.endpoint],
    [200, 1, undefined, `127.0.0.1:${alive.port}`],
  );
});

test("a tunnel is told at its end, with its bytes", async (t) => {
  const offer = ["Connection: Upgrade", "Upgrade: websocket"];
  const { backend, log, port } = await start(t, {
    respond: () => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  });
  const client = await dial(port);
  client.send(get("/chat", offer));
  await client.message();
  client.send("hello");
  const server = backend.connections[0];
  await eventually(() => server?.received === "hello", "bytes");
  server?.send("hi");
  await eventually(() => client.received === "hi", "bytes");
  assert.deepEqual(log.lines, []);
  client.close();
  const line = await only(log);
  assert.deepEqual(
    [line.status, line.tunnel, line.received_bytes, line.sent_bytes, line.aborted],
    [101, true, 5, 2, undefined],
  );
});

test("requests over HTTP/2 are told like others, also those that are refused", async (t) => {
  const { log, port } = await start(t, { respond: () => ok("hello") });
  const session = await connectHttp2(t, port);
  await request(session, { ":path": "/two" });
  await request(session, { ":path": "/host", host: "other.io" });
  const [good, refused] = await log.until(2);
  assert.deepEqual([good?.protocol, good?.path, good?.status, good?.sent_bytes], ["HTTP/2", "/two", 200, 5]);
  assert.deepEqual([refused?.protocol, refused?.status, refused?.reason], ["HTTP/2", 400, "AuthorityMismatch"]);
});

test("connections that are refused are told", async (t) => {
  const { log, port, proxy } = await start(t, { limits: { connections: 1 } });
  const first = await dial(port);
  first.send("GET");
  await eventually(() => proxy.stats.connections.active === 1, "the first connection");
  const refused = await dial(port);
  assert.match(await refused.end(), /503 TooManyConnections/);
  const line = await only(log);
  assert.deepEqual([line.status, line.reason, line.client], [503, "TooManyConnections", "127.0.0.1"]);
  assert.equal(proxy.stats.gateway({ namespace: "edge", name: "test" }).answers.get("TooManyConnections"), 1);
});

test("mirrors are no requests of their own", async (t) => {
  const { log, port } = await start(t, { rule: { filters: [mirrorTo("main")] } });
  await exchange(port, get("/"));
  await only(log);
});

test("of requests below the lowest status a share is told; those that failed are always told", async (t) => {
  const { log, port, proxy } = await start(t, {
    log: { lowestStatus: 500 },
    respond: (request, connection) => {
      if (request.line.includes("/cut")) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        setTimeout(() => connection.close(), 20);
        return undefined;
      }
      return request.line.includes("/bad") ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : ok();
    },
  });
  for (let i = 0; i < 20; i++) await exchange(port, get("/fine"));
  await exchange(port, get("/bad"));
  const cut = await dial(port);
  cut.send(get("/cut"));
  await cut.end();
  await proxy.close();
  assert.deepEqual(
    log.lines.map(({ path }) => path),
    ["/bad", "/cut"],
  );
  const shared = await start(t, { log: { lowestStatus: 500, share: 0.5 } });
  for (let i = 0; i < 60; i++) await exchange(shared.port, get("/"));
  await shared.proxy.close();
  assert.ok(shared.log.lines.length > 5 && shared.log.lines.length < 55, String(shared.log.lines.length));
});

test("a log that cannot be opened is said at once", async () => {
  const { HttpDataPlane: DataPlane } = await import("../../../../proxy/dataplane/proxy.ts");
  assert.throws(() => new DataPlane({ accessLog: { to: "/nonexistent/access.log" } }), { code: "ENOENT" });
});
