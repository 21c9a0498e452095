import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { Cluster, controllerName } from "./cluster.ts";

const gateway = (className: string) => ({
  gatewayClassName: className,
  listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
});
const route = (parent: string, service = "store") => ({
  parentRefs: [{ name: parent }],
  rules: [{ backendRefs: [{ name: service, port: 8080 }] }],
});

function acme(): Cluster {
  const cluster = new Cluster();
  cluster.put("gatewayclasses", "", "ours", { controllerName });
  cluster.put("gatewayclasses", "", "theirs", { controllerName: "example.com/other" });
  cluster.put("gateways", "edge", "ours", gateway("ours"));
  cluster.put("gateways", "edge", "theirs", gateway("theirs"));
  cluster.store.put("/api/v1/services", "edge", "store", { ports: [{ port: 8080, protocol: "TCP" }] });
  return cluster;
}

test("statuses of what is ours are written, and of nothing else", async (t) => {
  const cluster = acme();
  cluster.put("httproutes", "edge", "a", route("ours"));
  cluster.put("httproutes", "edge", "b", route("theirs"));
  await cluster.start(t);
  await cluster.until("the route is accepted", () =>
    /"Accepted","status":"True"/.test(cluster.status("httproutes", "edge", "a")),
  );
  await cluster.until("features", () => /supportedFeatures/.test(cluster.status("gatewayclasses", "", "ours")));
  await cluster.until("attachedRoutes", () => /"attachedRoutes":1/.test(cluster.status("gateways", "edge", "ours")));
  assert.match(cluster.status("gateways", "edge", "ours"), /"Programmed","status":"Unknown"/);
  for (const [plural, namespace, name] of [
    ["gatewayclasses", "", "theirs"],
    ["gateways", "edge", "theirs"],
    ["httproutes", "edge", "b"],
  ] as const) {
    assert.equal(cluster.status(plural, namespace, name), "{}", `${plural} ${name}`);
  }
  assert.deepEqual(
    cluster.deployed.at(-1)?.map(({ name }) => name),
    ["edge/ours"],
  );
  await sleep(100);
  const written = cluster.store.writes.filter(({ path }) => path.endsWith("/status")).map(({ path }) => path);
  assert.equal(new Set(written).size, written.length, "nothing is written twice");
});

test("Programmed and addresses follow the data plane, without a compilation", async (t) => {
  const cluster = acme();
  await cluster.start(t);
  await cluster.until("deployed", () => cluster.deployed.length > 0);
  await cluster.until("pending", () =>
    /"Programmed","status":"Unknown"/.test(cluster.status("gateways", "edge", "ours")),
  );
  const before = cluster.deployed.length;
  cluster.know({
    addresses: [{ type: "IPAddress", routability: "", value: "10.200.1.1" }],
    programmed: { status: "True", reason: "Programmed", message: "2 of 2 proxies." },
  });
  await cluster.until("programmed", () =>
    /"Programmed","status":"True"/.test(cluster.status("gateways", "edge", "ours")),
  );
  assert.match(
    cluster.status("gateways", "edge", "ours"),
    /"addresses":\[\{"type":"IPAddress","value":"10.200.1.1"\}\]/,
  );
  assert.equal(cluster.deployed.length, before);
});

test("what was told of a data plane stands as long as nothing is known of it", async (t) => {
  const cluster = acme();
  cluster.know(undefined);
  const told = { addresses: [{ type: "IPAddress", value: "10.200.1.1" }], conditions: [] };
  const gateways = "/apis/gateway.networking.k8s.io/v1/gateways";
  cluster.store.put(gateways, "edge", "ours", cluster.store.get(gateways, "edge", "ours")?.spec, told);
  await cluster.start(t);
  await cluster.until("the class is told", () => /Accepted/.test(cluster.status("gatewayclasses", "", "ours")));
  await sleep(100);
  assert.deepEqual(JSON.parse(cluster.status("gateways", "edge", "ours")), told);
  cluster.know({ addresses: [], programmed: { status: "False", reason: "NoResources", message: "quota" } });
  await cluster.until("the news", () => /"NoResources"/.test(cluster.status("gateways", "edge", "ours")));
});

test("what concerns others costs no compilation; what concerns us does", async (t) => {
  const cluster = acme();
  await cluster.start(t);
  await cluster.until("deployed", () => cluster.deployed.length > 0);
  await sleep(200);
  const before = cluster.deployed.length;
  cluster.put("httproutes", "edge", "theirs", route("theirs"));
  cluster.store.put("/api/v1/services", "edge", "unused", { ports: [{ port: 1, protocol: "TCP" }] });
  cluster.put("gatewayclasses", "", "third", { controllerName: "example.com/third" });
  await sleep(200);
  assert.equal(cluster.deployed.length, before);
  cluster.put("httproutes", "edge", "mine", route("ours"));
  await cluster.until("deployed again", () => cluster.deployed.length > before);
});

test("a refusal is told by an Event with the reason, once", async (t) => {
  const cluster = acme();
  cluster.put("httproutes", "edge", "a", route("ours", "missing"));
  await cluster.start(t);
  const events = () => cluster.store.writes.filter(({ path }) => path.endsWith("/events")).map(({ object }) => object);
  await cluster.until("an event", () => events().length > 0);
  const [event] = events() as (AnyObject & {
    reason: string;
    regarding: { kind: string; name: string };
    type: string;
  })[];
  assert.deepEqual(
    [event?.type, event?.reason, event?.regarding.kind, event?.regarding.name],
    ["Warning", "BackendNotFound", "HTTPRoute", "a"],
  );
  await sleep(150);
  assert.equal(events().length, 1);
});

test("an object that cannot be read is logged, loses nothing, and its last good version stays", async (t) => {
  const cluster = acme();
  cluster.put("httproutes", "edge", "a", route("ours"));
  cluster.put("httproutes", "edge", "good", route("ours"));
  await cluster.start(t);
  const rules = () =>
    Object.values(cluster.deployed.at(-1)?.[0]?.ir.rules ?? {})
      .map(({ id }) => id)
      .sort();
  await cluster.until("both", () => rules().length === 2);
  const both = rules();
  cluster.put("httproutes", "edge", "a", { parentRefs: [{ name: "ours" }], rules: [{ matches: "none" }] });
  await cluster.until("it is logged", () => cluster.log.some((line) => /cannot be read.*"a".*spec\.rules/.test(line)));
  await sleep(50);
  assert.deepEqual(rules(), both);
});
