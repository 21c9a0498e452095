import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { credentials, ServerCredentials } from "@grpc/grpc-js";
import type { Configuration, TakeIn } from "../../../../proxy/control/configuration-source.ts";
import type { EnforcedResources } from "../../../../proxy/control/stream/resources.ts";
import { StreamServer } from "../../../../proxy/control/stream/server.ts";
import { StreamSource } from "../../../../proxy/control/stream/stream-source.ts";
import type { BoundSocket } from "../../../../proxy/dataplane/routing/snapshot.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { gatewayOf, matchOf, ruleOf } from "../../routing/samples.ts";

const gateway = { namespace: "edge", name: "acme" };
const enforced = (host: string): EnforcedResources => ({
  ir: gatewayOf([{ name: "http", hosts: [[host, [ruleOf(host, [matchOf()])]]] }]),
  keyPairs: new Map([["edge/cert", { certificates: "certificate", key: "key" }]]),
  trustAnchors: new Map([["ConfigMap/edge/clients", "authority"]]),
});

async function controller(t: TestContext) {
  const server = new StreamServer({
    address: "127.0.0.1:0",
    credentials: ServerCredentials.createInsecure(),
    authenticate: async () => {},
    onChange: () => {},
    onRefused: () => {},
    onMalformed: (_, why) => assert.fail(why),
  });
  const port = await server.listen();
  t.after(() => server.close());
  return { server, port, publish: (one: EnforcedResources) => server.publish(new Map([["edge/acme", one]])) };
}

/** Starts a proxy that follows a controller. */
async function start(t: TestContext, takeIn: TakeIn) {
  const { server, port, publish } = await controller(t);
  const told: string[] = [];
  const places = { ports: [port] };
  const source = new StreamSource({
    gateway,
    instance: "acme-0",
    serverName: "127.0.0.1",
    addresses: async () => places.ports.map((each) => `127.0.0.1:${each}`),
    credentials: async () => credentials.createInsecure(),
    token: async () => "token",
    report: {
      connected: (address) => told.push(`connected ${address}`),
      failed: (address) => told.push(`failed ${address}`),
      refused: ({ message }) => told.push(`refused ${message}`),
    },
  });
  const stop = new AbortController();
  const following = source.follow(takeIn, stop.signal);
  t.after(async () => {
    stop.abort();
    await following;
  });
  return { server, port, source, told, places, publish };
}

const proxy = (server: StreamServer) => server.proxies("edge/acme")[0];

test("hands over what is streamed, keys and authorities included", async (t) => {
  const taken: Configuration[] = [];
  const { server, port, source, told, publish } = await start(t, async (configuration) => {
    taken.push(configuration);
    return [];
  });
  publish(enforced("a.example"));
  await eventually(() => proxy(server)?.current === true, "current");
  const { ir, ...material } = enforced("a.example");
  assert.deepEqual(taken, [{ gateways: [ir], ...material }]);
  assert.deepEqual(told, [`connected 127.0.0.1:${port}`]);
  assert.deepEqual([source.problems(), source.conditions()], [[], undefined]);
});

test("tells the controller of a refusal, and takes the next configuration", async (t) => {
  let refuse = true;
  const { server, told, publish } = await start(t, async () => {
    if (refuse) throw new Error("no thread serves it");
    return [];
  });
  publish(enforced("a.example"));
  await eventually(() => proxy(server)?.error === "no thread serves it", "the refusal");
  assert.equal(told.at(-1), "refused no thread serves it");
  refuse = false;
  publish(enforced("b.example"));
  await eventually(() => proxy(server)?.current === true, "current");
  assert.equal(proxy(server)?.error, undefined);
});

test("tells the controller which ports are closed", async (t) => {
  const open: BoundSocket = { gateway, port: 80, host: "127.0.0.1", localPort: 8080 };
  const closed: BoundSocket = { ...open, port: 443, error: Object.assign(new Error("in use"), { code: "EADDRINUSE" }) };
  const { server, publish } = await start(t, async () => [open, closed]);
  publish(enforced("a.example"));
  await eventually(() => proxy(server)?.current === true, "current");
  assert.deepEqual(proxy(server)?.closed, [{ port: 443, message: "in use" }]);
});

test("has a problem while no controller answers, and goes on with what it has", async (t) => {
  const taken: Configuration[] = [];
  const { server, source, told, places, publish } = await start(t, async (configuration) => {
    taken.push(configuration);
    return [];
  });
  publish(enforced("a.example"));
  await eventually(() => proxy(server)?.current === true, "current");
  // No process listens on port 1 of the loopback.
  places.ports = [1];
  server.close();
  await eventually(() => told.includes("failed 127.0.0.1:1"), "the failure");
  assert.match(source.problems().join(), /^No controller answers: /);
  assert.equal(taken.length, 1);
  const next = await controller(t);
  next.publish(enforced("a.example"));
  places.ports = [next.port];
  await eventually(() => proxy(next.server)?.current === true, "current again");
  assert.deepEqual(source.problems(), []);
});
