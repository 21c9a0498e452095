import assert from "node:assert/strict";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import { gateway, snapshot } from "./harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, exchange, get } from "./harness/wire.ts";

async function named(t: Parameters<typeof startBackend>[0], names: readonly string[]) {
  const backends = await Promise.all(names.map((name) => startBackend(t, () => ok(name))));
  return Object.fromEntries(names.map((name, index) => [name, backends[index]?.port ?? 0]));
}

async function tally(port: number, count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  const connection = await dial(port);
  for (let i = 0; i < count; i++) {
    connection.send(get("/"));
    const { status, body } = await connection.message();
    const key = status === 200 ? body : String(status);
    seen[key] = (seen[key] ?? 0) + 1;
  }
  connection.close();
  return seen;
}

test("headers, methods and paths decide by the index", async (t) => {
  const endpoints = await named(t, ["canary", "checkout", "put", "rest"]);
  const { port } = await startProxy(t, {
    rules: [
      { headers: { serve: "canary" }, backends: { canary: 1 } },
      { path: { type: "Exact", value: "/checkout" }, backends: { checkout: 1 } },
      { method: "PUT", backends: { put: 1 } },
      { backends: { rest: 1 } },
    ],
    endpoints,
  });
  const cases = [
    [get("/", ["Serve: canary"]), "canary"],
    [get("/", ["SERVE:canary "]), "canary"],
    [get("/", ["Serve: can", "Serve: ary"]), "rest"],
    [get("/checkout?x"), "checkout"],
    [get("/checkout/"), "rest"],
    ["PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "put"],
  ] as const;
  for (const [request, body] of cases) assert.equal((await exchange(port, request)).body, body, request);
});

test("a host that no listener serves is told apart from a path that no route matches", async (t) => {
  const endpoints = await named(t, ["main"]);
  const { port } = await startProxy(t, {
    hostname: "acme.io",
    rules: [{ path: { type: "PathPrefix", value: "/store" } }],
    endpoints,
  });
  assert.equal((await exchange(port, get("/store"))).status, 200);
  assert.match((await exchange(port, get("/"))).body, /^404 NoRoute: /);
  assert.equal((await exchange(port, "GET /store HTTP/1.1\r\nHost: ACME.io.:80\r\n\r\n")).status, 200);
  assert.equal((await exchange(port, "GET /store HTTP/1.1\r\nHost: other\r\n\r\n")).status, 404);
});

test("weights are exact over every cycle, from its first request on", async (t) => {
  const endpoints = await named(t, ["a", "b"]);
  const { port } = await startProxy(t, { rules: [{ backends: { a: 9, b: 1 } }], endpoints });
  assert.deepEqual(await tally(port, 1_000), { a: 900, b: 100 });
});

test("an invalid backend's share is answered 500 with the reason, weight zero takes nothing", async (t) => {
  const endpoints = await named(t, ["a", "b"]);
  const { proxy, port } = await startProxy(t, {
    rules: [{ backends: { a: 1, "!RefNotPermitted": 3, b: 0 } }],
    endpoints,
  });
  assert.deepEqual(await tally(port, 40), { a: 10, "500": 30 });
  assert.equal(proxy.stats.gateway(gateway).answers.get("RefNotPermitted"), 30);
  const answers = [await exchange(port, get("/")), await exchange(port, get("/"))];
  assert.ok(answers.some(({ body }) => /^500 RefNotPermitted: The test says so\.\n$/.test(body)));
});

test("a rule without any weight is answered 500, a backend without endpoints 503", async (t) => {
  const { port } = await startProxy(t, {
    rules: [
      { path: { type: "Exact", value: "/weightless" }, backends: { a: 0 } },
      { path: { type: "Exact", value: "/nobody" }, backends: {} },
      { path: { type: "Exact", value: "/empty" }, backends: { a: 1 } },
    ],
    endpoints: { a: [] },
  });
  assert.match((await exchange(port, get("/weightless"))).body, /^500 NoBackend/);
  assert.match((await exchange(port, get("/nobody"))).body, /^500 NoBackend/);
  assert.match((await exchange(port, get("/empty"))).body, /^503 NoEndpoint/);
});

test("endpoints that are ready share the requests; one that terminates is used when it is the last", async (t) => {
  const { a = 0, b = 0 } = await named(t, ["a", "b"]);
  const { proxy, port } = await startProxy(t, { endpoints: { main: [a, b] } });
  assert.deepEqual(await tally(port, 20), { a: 10, b: 10 });
  const base = snapshot({ endpoints: { main: [a, b] }, localPort: 0 });
  const key = "default/main:80";
  const state = (ready: boolean, serving: boolean, terminating: boolean, at: number) => ({
    ...{ address: "127.0.0.1", port: at, ready, serving, terminating },
  });
  const apply = (endpoints: ReturnType<typeof state>[]) =>
    proxy.apply({ ...base, endpoints: new Map([[key, endpoints]]) });
  await apply([state(true, true, false, a), state(false, true, true, b)]);
  assert.deepEqual(await tally(port, 4), { a: 4 });
  await apply([state(false, false, false, a), state(false, true, true, b)]);
  assert.deepEqual(await tally(port, 4), { b: 4 });
  await apply([state(false, false, false, a), state(false, false, true, b)]);
  assert.deepEqual(await tally(port, 4), { "503": 4 });
});

test("the endpoint with the fewest requests under way is chosen", async (t) => {
  const slow = await startBackend(t, () => undefined);
  const fast = await startBackend(t, () => ok("fast"));
  const { port } = await startProxy(t, { endpoints: { main: [slow.port, fast.port] } });
  const stuck = await dial(port);
  stuck.send(get("/"));
  let other = 0;
  for (let i = 0; i < 10; i++) {
    if (fast.requests.length + slow.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const connection = await dial(port);
    connection.send(get("/"));
    if ((await connection.message()).body === "fast") other++;
    connection.close();
  }
  assert.equal(other, 10);
  stuck.close();
});

test("counters name gateway, listener, rule and backend", async (t) => {
  const endpoints = { ...(await named(t, ["a"])), dead: await unusedPort() };
  const { proxy, port } = await startProxy(t, {
    rules: [{ id: "good" }, { id: "bad", path: { type: "Exact", value: "/dead" }, backends: { dead: 1 } }],
    endpoints,
  });
  await exchange(port, get("/"));
  await exchange(port, get("/"));
  assert.equal((await exchange(port, get("/dead"))).status, 503);
  const stats = proxy.stats.gateway(gateway);
  assert.equal(stats.responses.success, 2);
  assert.equal(stats.responses.serverError, 1);
  assert.equal(stats.listeners.get("Gateway/edge/test/http")?.total, 3);
  assert.equal(stats.rules.get("good")?.requests, 2);
  assert.equal(stats.rules.get("bad")?.responses.serverError, 1);
  assert.equal(stats.backends.get("default/a:80")?.responses.success, 2);
  // The request is sent a second time, since nothing had been written.
  assert.equal(stats.backends.get("default/dead:80")?.errors.connect, 2);
  assert.equal(stats.backends.get("default/a:80")?.active, 0);
  assert.equal(proxy.stats.connections.accepted, 3);
});
