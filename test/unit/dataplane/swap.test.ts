import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ok } from "./harness/backend.ts";
import { gateway, mirrorTo, modifier, type RuleOptions, snapshot } from "./harness/configuration.ts";
import { startBackend, startProxy } from "./harness/setup.ts";
import { dial, eventually, get } from "./harness/wire.ts";

test("weights stay exact across snapshots that keep the rule's identity", async (t) => {
  const seen: string[] = [];
  const a = await startBackend(t, () => ok("a"));
  const b = await startBackend(t, () => ok("b"));
  const endpoints = { a: a.port, b: b.port };
  const rule = (filters: RuleOptions["filters"] = []): RuleOptions => ({
    id: "kept",
    backends: { a: 9, b: 1 },
    filters,
  });
  const { proxy, port } = await startProxy(t, { rules: [rule()], endpoints });
  const connection = await dial(port);
  for (let i = 0; i < 200; i++) {
    // The rule changes (its filters), other rules come and go, and the owner of the weights stays the same.
    const extra: RuleOptions[] = i % 2 === 0 ? [] : [{ id: `other-${i}`, path: { type: "Exact", value: "/x" } }];
    const filters = [modifier("ResponseHeaderModifier", { set: { "x-turn": String(i) } })];
    await proxy.apply(snapshot({ rules: [...extra, rule(filters)], endpoints }));
    connection.send(get("/"));
    const response = await connection.message();
    assert.equal(response.headers["x-turn"], String(i));
    seen.push(response.body);
  }
  for (let from = 0; from + 10 <= seen.length; from++) {
    assert.equal(seen.slice(from, from + 10).filter((name) => name === "b").length, 1, `from ${from}`);
  }
  connection.close();
});

test("a change of routes opens and closes no socket", async (t) => {
  const backend = await startBackend(t, ({ line }) => ok(line));
  const endpoints = { main: backend.port };
  const { proxy, port } = await startProxy(t, { endpoints });
  const connection = await dial(port);
  for (let i = 0; i < 20; i++) {
    const [bound] = await proxy.apply(
      snapshot({ rules: [{ id: `rule-${i}`, path: { type: "PathPrefix", value: `/${i}` } }], endpoints }),
    );
    assert.equal(bound?.localPort, port);
    connection.send(get(`/${i}`) + get(`/${i + 1}`));
    assert.equal((await connection.message()).status, 200);
    assert.equal((await connection.message()).status, 404);
  }
  assert.equal(backend.connections.length, 1);
  assert.equal(proxy.stats.connections.accepted, 1);
  assert.deepEqual([...proxy.stats.gateway(gateway).rules.keys()], ["rule-19"]);
  connection.close();
});

test("a request in flight is finished on the snapshot it began with", async (t) => {
  const slow = await startBackend(t, async () => {
    await sleep(100);
    return ok("old");
  });
  const next = await startBackend(t, () => ok("new"));
  const old = [modifier("ResponseHeaderModifier", { set: { "x-snapshot": "old" } })];
  const { proxy, port } = await startProxy(t, { rules: [{ filters: old }], endpoints: { slow: slow.port } });
  const connection = await dial(port);
  connection.send(get("/"));
  await eventually(() => slow.requests.length === 1, "the request");
  await proxy.apply(snapshot({ rules: [{}], endpoints: { next: next.port } }));
  const response = await connection.message();
  assert.equal(response.body, "old");
  assert.equal(response.headers["x-snapshot"], "old");
  connection.send(get("/"));
  assert.equal((await connection.message()).body, "new");
  // The endpoint that no snapshot references has no connection left.
  await eventually(() => slow.connections.every(({ ended }) => ended), "the end of the old backend's connection");
  connection.close();
});

test("64 clients see no failure while 200 snapshots change weights, order, filters and backends", async (t) => {
  const names = ["a", "b", "c"];
  const backends = await Promise.all(names.map((name) => startBackend(t, ({ body }) => ok(`${name}${body.length}`))));
  const copy = await startBackend(t);
  const port = (name: string) => backends[names.indexOf(name)]?.port ?? 0;
  const { proxy, port: proxyPort } = await startProxy(t, { endpoints: { a: port("a") } });
  let running = true;
  let requests = 0;
  const failures: string[] = [];

  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) {
      const body = index % 3 === 0 ? "x".repeat(index * 10) : "";
      const outcome = await send(agent, proxyPort, index % 2 === 0 ? "GET" : "POST", body);
      requests++;
      if (outcome !== "200") failures.push(outcome);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 64 }, (_, index) => client(index));

  // A busy machine needs more snapshots until a thousand requests have met them.
  for (let i = 0; i < 200 || (requests <= 1_000 && i < 4_000); i++) {
    const chosen = names.filter((_, index) => (i + index) % 3 !== 0);
    const weights = Object.fromEntries(chosen.map((name, index) => [name, 1 + ((i + index) % 5)]));
    const rules: RuleOptions[] = [
      {
        id: i % 4 === 0 ? `renamed-${i}` : "main",
        backends: weights,
        filters: [
          modifier("RequestHeaderModifier", { set: { "x-turn": String(i) } }),
          ...(i % 2 === 0 ? [mirrorTo("copy", 1, 4)] : []),
        ],
      },
      { id: "rest", path: { type: "PathPrefix", value: "/rest" }, backends: weights },
    ];
    const endpoints = { ...Object.fromEntries(chosen.map((name) => [name, port(name)])), copy: copy.port };
    await proxy.apply(snapshot({ rules: i % 3 === 0 ? rules.reverse() : rules, endpoints }));
    await sleep(5);
  }
  running = false;
  await Promise.all(clients);
  assert.deepEqual(failures, []);
  assert.ok(requests > 1_000, `${requests} requests`);
});

function send(agent: Agent, port: number, method: string, body: string): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      agent,
      method,
      path: "/",
      headers: { "content-length": body.length },
    });
    request.on("error", (error) => resolve(String(error)));
    request.on("response", (response) => {
      response.on("error", (error) => resolve(String(error)));
      response.on("end", () => resolve(String(response.statusCode)));
      response.resume();
    });
    request.end(body);
  });
}
