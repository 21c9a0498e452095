import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials, type Metadata, ServerCredentials } from "@grpc/grpc-js";
import type { GatewayIR } from "../../../../lib/routing/ir.ts";
import { StreamClient, type StreamClientOptions } from "../../../../proxy/control/stream/client.ts";
import type { EnforcedResources } from "../../../../proxy/control/stream/resources.ts";
import { StreamServer, type StreamServerOptions } from "../../../../proxy/control/stream/server.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { gatewayOf, matchOf, ruleOf } from "../../routing/samples.ts";

const gateway = { namespace: "edge", name: "acme" };
const none = new Map();

function ir(...hosts: string[]): GatewayIR {
  return gatewayOf([{ name: "http", hosts: hosts.map((host) => [host, [ruleOf(host, [matchOf()])]]) }]);
}

async function serve(t: TestContext, options: Partial<StreamServerOptions> = {}) {
  const changes: string[] = [];
  const server = new StreamServer({
    address: "127.0.0.1:0",
    credentials: ServerCredentials.createInsecure(),
    authenticate: async () => {},
    onChange: (name) => changes.push(name),
    onRefused: () => {},
    onMalformed: (_, why) => assert.fail(why),
    ...options,
  });
  const port = await server.listen();
  t.after(() => server.close());
  return { server, port, changes };
}

function follow(t: TestContext, ports: () => number[], options: Partial<StreamClientOptions> = {}) {
  const applied: EnforcedResources[] = [];
  const failures: string[] = [];
  const connected: string[] = [];
  const client = new StreamClient({
    gateway,
    instance: "acme-0",
    addresses: async () => ports().map((port) => `127.0.0.1:${port}`),
    credentials: async () => credentials.createInsecure(),
    apply: async (enforced) => {
      applied.push(enforced);
      return [];
    },
    onConnected: (address) => connected.push(address),
    onFailure: (_, error) => failures.push(error.message),
    firstBackoff: 20,
    longestBackoff: 50,
    ...options,
  });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await running;
  });
  return { applied, failures, connected };
}

const publish = (server: StreamServer, enforced: EnforcedResources) =>
  server.publish(new Map([["edge/acme", enforced]]));

test("a proxy gets what is published, says so, and gets each change", async (t) => {
  const { server, port } = await serve(t);
  const keyPairs = new Map([["edge/cert", { certificates: "PEM", key: "PEM" }]]);
  const trustAnchors = new Map([["ConfigMap/edge/clients", "PEM"]]);
  publish(server, { ir: ir("a.example", "b.example"), keyPairs, trustAnchors });
  const { applied } = follow(t, () => [port]);
  await eventually(() => server.proxies("edge/acme")[0]?.current === true, "current");
  assert.deepEqual(applied, [{ ir: ir("a.example", "b.example"), keyPairs, trustAnchors }]);
  publish(server, { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  await eventually(() => applied.length === 2, "the change");
  assert.deepEqual(applied[1], { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  await eventually(() => server.proxies("edge/acme")[0]?.current === true, "current again");
  publish(server, { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  await sleep(50);
  assert.equal(applied.length, 2, "what is the same is not sent");
});

test("a configuration that is refused is told, and the next one is taken", async (t) => {
  const { server, port } = await serve(t);
  let refuse = true;
  follow(t, () => [port], {
    apply: async () => {
      if (refuse) throw new Error("no room");
      return [{ port: 80, message: "EACCES" }];
    },
  });
  publish(server, { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  await eventually(() => server.proxies("edge/acme")[0]?.error === "no room", "the refusal");
  assert.equal(server.proxies("edge/acme")[0]?.current, false);
  refuse = false;
  publish(server, { ir: ir("b.example"), keyPairs: none, trustAnchors: none });
  await eventually(() => server.proxies("edge/acme")[0]?.current === true, "current");
  assert.deepEqual(server.proxies("edge/acme")[0]?.closed, [{ port: 80, message: "EACCES" }]);
});

test("a proxy outlives its controller, and finds the next", async (t) => {
  const first = await serve(t);
  publish(first.server, { ir: ir("a.example", "b.example"), keyPairs: none, trustAnchors: none });
  let ports = [first.port];
  const { applied, connected } = follow(t, () => ports);
  await eventually(() => applied.length === 1, "applied");
  first.server.close();
  await sleep(100);
  assert.equal(applied.length, 1, "what is in force stays");
  const second = await serve(t);
  publish(second.server, { ir: ir("a.example", "c.example"), keyPairs: none, trustAnchors: none });
  ports = [first.port, second.port];
  await eventually(() => applied.length === 2, "the second");
  assert.deepEqual(applied[1]?.ir, ir("a.example", "c.example"));
  assert.equal(connected.length, 2);
});

test("a proxy that is not admitted gets nothing, and is counted nowhere", async (t) => {
  const refused: string[] = [];
  const { server, port } = await serve(t, {
    authenticate: async (metadata: Metadata) => {
      if (metadata.get("authorization")[0] !== "Bearer good") throw new Error("another's token");
    },
    onRefused: (name, instance, error) => refused.push(`${name} ${instance} ${error.message}`),
  });
  publish(server, { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  const bad = follow(t, () => [port], { token: async () => "bad" });
  await eventually(() => refused.length > 0, "refused");
  assert.equal(refused[0], "edge/acme acme-0 another's token");
  await eventually(() => bad.failures.length > 0, "the proxy is told");
  assert.match(bad.failures[0] ?? "", /not admitted/);
  assert.deepEqual([bad.applied, server.proxies("edge/acme")], [[], []]);
  const good = follow(t, () => [port], { token: async () => "good" });
  await eventually(() => good.applied.length === 1, "applied");
});

test("ten thousand parts come in messages of a bearable size", async (t) => {
  const { server, port } = await serve(t);
  const hosts = Array.from({ length: 5_000 }, (_, index) => `h${index}.example`);
  publish(server, { ir: ir(...hosts), keyPairs: none, trustAnchors: none });
  const { applied } = follow(t, () => [port]);
  await eventually(() => applied.length === 1, "applied");
  assert.equal(Object.keys(applied[0]?.ir.rules ?? {}).length, 5_000);
  const begun = performance.now();
  publish(server, { ir: ir(...hosts, "one-more.example"), keyPairs: none, trustAnchors: none });
  await eventually(() => applied.length === 2, "the change");
  t.diagnostic(`one more of 5,000 hosts: ${(performance.now() - begun).toFixed(0)} ms`);
});

test("a proxy that goes is counted no more", async (t) => {
  const { server, port, changes } = await serve(t);
  publish(server, { ir: ir("a.example"), keyPairs: none, trustAnchors: none });
  const stop = new AbortController();
  const client = new StreamClient({
    gateway,
    instance: "acme-1",
    addresses: async () => [`127.0.0.1:${port}`],
    credentials: async () => credentials.createInsecure(),
    apply: async () => [],
  });
  const running = client.run(stop.signal);
  await eventually(() => server.proxies("edge/acme").length === 1, "there");
  changes.length = 0;
  stop.abort();
  await running;
  await eventually(() => server.proxies("edge/acme").length === 0 && changes.length > 0, "gone");
});
