import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ProxyOptions, TracingOptions } from "../../../../proxy/dataplane/proxy.ts";
import type { Respond } from "../harness/backend.ts";
import { mirrorTo, type RuleOptions } from "../harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "../harness/setup.ts";
import { dial, eventually, exchange, get } from "../harness/wire.ts";
import { type CollectedSpan, Collector } from "./collector.ts";
import { LogFile } from "./log-file.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";
const parent = `00-${traceId}-${parentId}-01`;
const none: { readonly headers: Readonly<Record<string, string>> } = { headers: {} };

interface Options extends Omit<ProxyOptions, "tracing"> {
  readonly tracing?: Partial<TracingOptions>;
  readonly rule?: RuleOptions;
  readonly respond?: Respond;
}

async function start(t: TestContext, { rule = {}, respond, tracing, ...options }: Options = {}) {
  const collector = await new Collector().listen(t);
  const backend = await startBackend(t, respond);
  const started = await startProxy(
    t,
    { rules: [rule], endpoints: { main: backend.port } },
    { tracing: collector.options(tracing), ...options },
  );
  return { collector, backend, ...started };
}

const kinds = { server: 2, client: 3 };
const of = (spans: readonly CollectedSpan[], kind: keyof typeof kinds) =>
  spans.filter((span) => span.kind === kinds[kind]);

test("a request makes a span below its caller's, and one for its backend, which is told of it", async (t) => {
  const log = new LogFile(t);
  const { collector, backend, port } = await start(t, {
    rule: { path: { type: "PathPrefix", value: "/store" } },
    accessLog: log.options,
  });
  await exchange(port, get("/store/cart?secret=1", [`Traceparent: ${parent}`, "Tracestate: a=b", "tracestate: c=d"]));
  const spans = await collector.until(2);
  const [server] = of(spans, "server");
  const [client] = of(spans, "client");
  assert.deepEqual(
    [server?.traceId, server?.parentSpanId, client?.traceId, client?.parentSpanId],
    [traceId, parentId, traceId, server?.spanId],
  );
  const { headers } = backend.requests[0] ?? none;
  assert.equal(headers.traceparent, `00-${traceId}-${client?.spanId}-01`);
  assert.equal(headers.tracestate, "a=b, c=d");
  assert.deepEqual([server?.name, server?.traceState, server?.flags], ["GET /store", "a=b, c=d", 0x301]);
  const { "gatewright.request_id": id, ...attributes } = server?.attributes ?? {};
  assert.equal(id, headers["x-request-id"]);
  assert.deepEqual(attributes, {
    "http.request.method": "GET",
    "url.scheme": "http",
    "url.path": "/store/cart",
    "http.route": "/store",
    "http.response.status_code": "200",
    "server.address": "acme.io",
    "server.port": "80",
    "client.address": "127.0.0.1",
    "network.protocol.name": "http",
    "network.protocol.version": "1.1",
    "http.request.body.size": "0",
    "http.response.body.size": "2",
    "gatewright.gateway": "edge/test",
    "gatewright.listener": "http",
    "gatewright.route": "HTTPRoute/default/test",
    "gatewright.rule": "0",
    "gatewright.backend": "default/main:80",
  });
  assert.deepEqual([client?.name, client?.flags], ["GET", 0x101]);
  assert.deepEqual(client?.attributes, {
    "http.request.method": "GET",
    "server.address": "127.0.0.1",
    "server.port": String(backend.port),
    "network.peer.address": "127.0.0.1",
    "network.peer.port": String(backend.port),
    "http.response.status_code": "200",
  });
  const times = [
    server?.startTimeUnixNano,
    client?.startTimeUnixNano,
    client?.endTimeUnixNano,
    server?.endTimeUnixNano,
  ];
  const numbers = times.map((time) => BigInt(time ?? 0));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  assert.ok(Math.abs(Number((numbers[0] ?? 0n) / 1_000_000n) - Date.now()) < 60_000);
  assert.equal((await log.until(1))[0]?.trace_id, traceId);
});

test("the receiver is told what is set, and what belongs to the proxy", async (t) => {
  const collector = await new Collector().listen(t);
  const backend = await startBackend(t);
  const tracing = collector.options({ headers: { authorization: "Bearer k" }, resource: { "service.name": "edge" } });
  const { port, proxy } = await startProxy(t, { endpoints: { main: backend.port } }, { tracing });
  await exchange(port, get("/"));
  await collector.until(2);
  const [request] = collector.requests;
  assert.equal(request?.path, "/v1/traces");
  assert.equal(request?.headers["content-type"], "application/json");
  assert.equal(request?.headers.authorization, "Bearer k");
  assert.deepEqual(collector.resource, { "service.name": "edge" });
  await eventually(() => proxy.stats.spans.exported === 2, "the count");
});

test("a request without a caller begins a trace; one that names none begins one as well, without its state", async (t) => {
  const { collector, backend, port } = await start(t);
  const invalid = [
    ...[`ff-${traceId}-${parentId}-01`, `00-${"0".repeat(32)}-${parentId}-01`, `00-${traceId}-${"0".repeat(16)}-01`],
    ...[`00-${traceId.toUpperCase()}-${parentId}-01`, `${parent}-more`, "nonsense"],
  ];
  await exchange(port, get("/"));
  for (const value of invalid) await exchange(port, get("/", [`Traceparent: ${value}`, "Tracestate: a=b"]));
  await exchange(port, get("/", [`Traceparent: ${parent}`, `Traceparent: ${parent}`]));
  const spans = of(await collector.until(16), "server");
  assert.equal(new Set(spans.map((span) => span.traceId)).size, 8);
  for (const span of spans) assert.deepEqual([span.parentSpanId, span.traceState], [undefined, undefined]);
  for (const { headers } of backend.requests) {
    assert.match(headers.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(headers.tracestate, undefined);
  }
});

test("a later version of traceparent is followed as far as it is known", async (t) => {
  const { collector, port } = await start(t);
  await exchange(port, get("/", [`Traceparent: cc-${traceId}-${parentId}-03-what-the-future-holds`]));
  const [server] = of(await collector.until(2), "server");
  assert.deepEqual([server?.traceId, server?.parentSpanId, (server?.flags ?? 0) & 0xff], [traceId, parentId, 3]);
});

test("who is not sampled makes no span, and passes the trace on", async (t) => {
  const { collector, backend, port, proxy } = await start(t);
  await exchange(port, get("/", [`Traceparent: 00-${traceId}-${parentId}-00`, "Tracestate: a=b"]));
  await proxy.close();
  assert.deepEqual(collector.spans, []);
  const { headers } = backend.requests[0] ?? none;
  assert.deepEqual([headers.traceparent, headers.tracestate], [`00-${traceId}-${parentId}-00`, "a=b"]);
});

for (const [sampling, fields, sampled] of [
  [{ ratio: 0, followsCaller: true }, [], false],
  [{ ratio: 0, followsCaller: true }, [parent], true],
  [{ ratio: 0, followsCaller: false }, [parent], false],
  [{ ratio: 1, followsCaller: false }, [`00-${traceId}-${parentId}-00`], true],
] as const) {
  test(`sampling ${JSON.stringify(sampling)} with ${fields.length} caller: ${sampled}`, async (t) => {
    const collector = await new Collector().listen(t);
    const backend = await startBackend(t);
    const tracing = collector.options({ sampling });
    const { port, proxy } = await startProxy(t, { endpoints: { main: backend.port } }, { tracing });
    await exchange(
      port,
      get(
        "/",
        fields.map((value) => `Traceparent: ${value}`),
      ),
    );
    await proxy.close();
    assert.equal(collector.spans.length, sampled ? 2 : 0);
    assert.match(backend.requests[0]?.headers.traceparent ?? "", sampled ? /-01$/ : /-00$/);
  });
}

test("each attempt is a span of its own, and its backend is told that one", async (t) => {
  const [dead, alive] = [await unusedPort(), await startBackend(t)];
  const failing = await startBackend(t, () => "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
  const collector = await new Collector().listen(t);
  const retry = { attempts: 3, codes: [503], backoff: 1 };
  const endpoints = { all: [failing.port, dead, alive.port] };
  const { port } = await startProxy(t, { rules: [{ retry }], endpoints }, { tracing: collector.options() });
  await exchange(port, get("/"));
  await eventually(() => of(collector.spans, "server").length === 1, "the request's span");
  const [server] = of(collector.spans, "server");
  const attempts = of(collector.spans, "client");
  for (const { parentSpanId } of attempts) assert.equal(parentSpanId, server?.spanId);
  const told = [...failing.requests, ...alive.requests].map(({ headers }) => headers.traceparent?.slice(36, 52));
  assert.deepEqual(new Set(told), new Set(attempts.map(({ spanId }) => spanId)));
  assert.equal(new Set(told).size, told.length);
  const [refused] = attempts.filter(({ attributes }) => attributes["http.response.status_code"] === "503");
  if (failing.requests.length > 0) {
    assert.deepEqual([refused?.attributes["error.type"], refused?.status.code], ["503", 2]);
    assert.ok(attempts.some(({ attributes }) => attributes["http.request.resend_count"] === "1"));
  }
  assert.deepEqual([server?.attributes["http.response.status_code"], server?.status.code], ["200", undefined]);
});

test("a failure is the request's and the attempt's; an answer of the proxy's own has its reason", async (t) => {
  const { collector, port } = await start(t, {
    rule: { path: { type: "PathPrefix", value: "/known" } },
    respond: (_request, connection) => {
      connection.close();
      return undefined;
    },
  });
  await exchange(port, get("/known"));
  await exchange(port, get("/unknown"));
  await eventually(() => of(collector.spans, "server").length === 2, "both");
  const [failed, unknown] = of(collector.spans, "server");
  assert.deepEqual(
    [failed?.attributes["error.type"], failed?.attributes["gatewright.reason"], failed?.status.code],
    ["BackendReset", "BackendReset", 2],
  );
  for (const { attributes, status } of of(collector.spans, "client")) {
    assert.deepEqual([attributes["error.type"], status.code], ["reset", 2]);
  }
  assert.deepEqual(
    [
      unknown?.name,
      unknown?.attributes["http.response.status_code"],
      unknown?.attributes["gatewright.reason"],
      unknown?.status.code,
    ],
    ["GET", "404", "NoRoute", undefined],
  );
});

test("a client that leaves ends the spans", async (t) => {
  const { backend, collector, port } = await start(t, { respond: () => undefined });
  const connection = await dial(port);
  connection.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the request");
  connection.socket.resetAndDestroy();
  for (const { attributes } of await collector.until(2)) assert.equal(attributes["error.type"], "aborted");
});

test("a method that is not known to all is told apart from its span's name", async (t) => {
  const { collector, port } = await start(t);
  await exchange(port, get("/").replace("GET", "PROPFIND"));
  const [server] = of(await collector.until(2), "server");
  assert.deepEqual(
    [server?.name, server?.attributes["http.request.method"], server?.attributes["http.request.method_original"]],
    ["HTTP /", "_OTHER", "PROPFIND"],
  );
});

test("mirrors are told the trace and make no spans", async (t) => {
  const collector = await new Collector().listen(t);
  const [main, copy] = [await startBackend(t), await startBackend(t)];
  const rules = [{ filters: [mirrorTo("copy")], backends: { main: 1 } }];
  const endpoints = { main: main.port, copy: copy.port };
  const { port, proxy } = await startProxy(t, { rules, endpoints }, { tracing: collector.options() });
  await exchange(port, get("/"));
  await eventually(() => copy.requests.length === 1, "the copy");
  assert.equal(copy.requests[0]?.headers.traceparent, main.requests[0]?.headers.traceparent);
  await proxy.close();
  assert.equal(collector.spans.length, 2);
});

test("what looks like a trace in another field is left alone when a request is sent again", async (t) => {
  const { backend, port } = await start(t, {
    rule: { retry: { attempts: 1, codes: [503], backoff: 1 } },
    respond: () => "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
  });
  await exchange(port, get("/", [`X-Old: ${parent}`, `Traceparent: ${parent}`]));
  assert.equal(backend.requests.length, 2);
  for (const { headers } of backend.requests) assert.equal(headers["x-old"], parent);
  assert.notEqual(backend.requests[0]?.headers.traceparent, backend.requests[1]?.headers.traceparent);
});

test("responses are the same whatever the receiver does", async (t) => {
  const { collector, port, proxy } = await start(t, { tracing: { queueSize: 10, batchSize: 4 } });
  collector.answer = () => {};
  for (let i = 0; i < 20; i++) assert.equal((await exchange(port, get("/"))).status, 200);
  const { spans } = proxy.stats;
  assert.ok(spans.dropped >= 40 - 4 - 10 && spans.exported === 0, JSON.stringify(spans));
  const before = performance.now();
  await proxy.close();
  assert.ok(performance.now() - before < 6_000);
});
