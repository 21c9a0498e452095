/** Tests HTTP/2 endpoints beside HTTP/1.1 ones: configuration, mirrors, limits, ejection. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import type { Snapshot } from "../../../proxy/dataplane/routing/snapshot.ts";
import { gateway, mirrorTo, snapshot } from "./harness/configuration.ts";
import { codes } from "./harness/frames.ts";
import { connectHttp2, request } from "./harness/http2.ts";
import { answer, bodyOf, startHttp2Backend } from "./harness/http2-backend.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { eventually, exchange, get } from "./harness/wire.ts";

test("an endpoint that is named no more finishes its requests, and its connection ends behind them", async (context) => {
  const finish: (() => void)[] = [];
  const old = await startHttp2Backend(context, (stream) => {
    stream.respond({ ":status": 200 });
    finish.push(() => stream.end("old"));
  });
  const next = await startHttp2Backend(context, answer("new"));
  const { proxy, port } = await startProxy(context, { endpoints: { main: old.port }, backend: { protocol: "h2c" } });
  const session = await connectHttp2(context, port);
  const before = request(session);
  await eventually(() => finish.length === 1, "the request");
  await proxy.apply(snapshot({ endpoints: { main: next.port }, backend: { protocol: "h2c" } }));
  assert.equal((await request(session)).body, "new");
  assert.equal(old.sessions[0]?.destroyed, false);
  finish[0]?.();
  assert.equal((await before).body, "old");
  await eventually(() => old.sessions[0]?.destroyed === true, "the end of the connection");
});

test("a request that waits for a connection gets it though its endpoint is named no more", async (context) => {
  const backend = await startHttp2Backend(context, answer("served"));
  let accepted = 0;
  // The endpoint's bytes are delayed, so that its connection is not ready when the configuration changes.
  const slow = createServer((socket) => {
    accepted++;
    const behind = connect(backend.port, "127.0.0.1");
    for (const one of [socket, behind]) one.on("error", () => {});
    socket.pipe(behind);
    setTimeout(() => behind.pipe(socket), 300);
    socket.on("close", () => behind.destroy());
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  context.after(() => slow.close());
  const { port: endpoint } = slow.address() as AddressInfo;
  const { proxy, port } = await startProxy(context, { endpoints: { main: endpoint }, backend: { protocol: "h2c" } });
  const waiting = exchange(port, get("/"));
  await eventually(() => accepted === 1, "a connection under way");
  await proxy.apply(snapshot({ endpoints: { main: [] }, backend: { protocol: "h2c" } }));
  const { status, body } = await waiting;
  assert.deepEqual([status, body], [200, "served"]);
  assert.equal(accepted, 1);
  await eventually(() => backend.sessions[0]?.destroyed === true, "the end of the connection");
});

test("idle connections of either version make room for each other", async (context) => {
  const backend = await startHttp2Backend(context, answer("two"));
  const other = await startHttp2Backend(context, answer("other"));
  const rules = [
    { path: { type: "PathPrefix", value: "/a" }, backends: { a: 1 } },
    { path: { type: "PathPrefix", value: "/b" }, backends: { b: 1 } },
  ] as const;
  const { port } = await startProxy(
    context,
    { rules, endpoints: { a: backend.port, b: other.port }, backend: { protocol: "h2c" } },
    { limits: { upstreamConnections: 1 } },
  );
  for (const path of ["/a", "/b", "/a", "/b"]) assert.equal((await exchange(port, get(path))).status, 200, path);
  assert.deepEqual([backend.sessions.length, other.sessions.length], [2, 2]);
});

test("a backend that is spoken to in both versions counts the ejected endpoints of both", async (context) => {
  const dead = [await unusedPort(), await unusedPort()];
  const proxy = new HttpDataPlane({ ejection: { failures: 1, baseTime: 60_000 } });
  context.after(() => proxy.close());
  const both = snapshot({ endpoints: { main: dead }, rules: [{ headers: { "x-kind": "http" } }, {}] });
  const [ir] = both.gateways as [GatewayIR];
  const rules = Object.entries(ir.rules).map(([hash, rule], index) => {
    const kind = index === 0 ? "HTTPRoute" : "GRPCRoute";
    return [hash, { ...rule, route: { ...rule.route, kind } }] as const;
  });
  const mixed = { ...both, gateways: [{ ...ir, rules: Object.fromEntries(rules) }] };
  const [bound] = await proxy.apply(mixed as Snapshot);
  const session = await connectHttp2(context, bound?.localPort ?? 0);
  const stats = proxy.stats.gateway(gateway).backends.get("default/main:80");
  await request(session, { "x-kind": "http" });
  assert.equal(stats?.ejected, 1);
  await request(session);
  assert.equal(stats?.ejected, 2);
  await proxy.apply({ ...both, sockets: both.sockets });
  assert.equal(stats?.ejected, 1);
});

test("a copy is sent in the version of its own backend", async (context) => {
  const copies: string[] = [];
  const copy = await startHttp2Backend(context, (stream, head) => {
    void bodyOf(stream).then((body) => copies.push(`${head[":method"]} ${head[":path"]} ${head.host} ${body}`));
  });
  const main = await startBackend(context);
  const options = {
    endpoints: { main: main.port, copy: copy.port },
    rules: [{ filters: [mirrorTo("copy")], backends: { main: 1 } }],
  };
  const base = snapshot(options);
  const [ir] = base.gateways as [GatewayIR];
  const key = "default/copy:80";
  const backends = { ...ir.backends, [key]: { ...ir.backends[key], protocol: "h2c" } };
  const proxy = new HttpDataPlane();
  context.after(() => proxy.close());
  const [bound] = await proxy.apply({ ...base, gateways: [{ ...ir, backends }] } as Snapshot);
  const text = "POST /a HTTP/1.1\r\nHost: acme.io\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  assert.equal((await exchange(bound?.localPort ?? 0, text)).status, 200);
  await eventually(() => copies.length === 1, "the copy");
  assert.deepEqual(copies, ["POST /a undefined abc"]);
  assert.match(main.requests[0]?.line ?? "", /^POST \/a HTTP\/1\.1/);
});

test("an endpoint that fails is left out, and comes back", async (context) => {
  const alive = await startHttp2Backend(context, answer("alive"));
  let healthy = false;
  const flaky = await startHttp2Backend(context, (stream) => {
    if (healthy) answer("back")(stream, {}, []);
    else stream.close(codes.INTERNAL_ERROR);
  });
  const { proxy, port } = await startProxy(
    context,
    { endpoints: { main: [flaky.port, alive.port] }, backend: { protocol: "h2c" } },
    {
      ejection: { failures: 3, baseTime: 200, maxTime: 200 },
    },
  );
  const session = await connectHttp2(context, port);
  const stats = proxy.stats.gateway(gateway).backends.get("default/main:80");
  for (let i = 0; i < 100 && stats?.ejected === 0; i++) assert.equal((await request(session)).body, "alive");
  assert.equal(stats?.ejections, 1);
  healthy = true;
  await eventually(() => flaky.sessions.length > 1 || flaky.sessions[0]?.destroyed === false, "a connection");
  for (let i = 0; i < 500 && stats?.ejected === 1; i++) {
    await request(session);
    await sleep(5);
  }
  assert.equal(stats?.ejected, 0);
  const bodies = new Set([(await request(session)).body, (await request(session)).body]);
  assert.deepEqual([...bodies].sort(), ["alive", "back"]);
});
