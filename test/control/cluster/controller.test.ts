import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../lib/api/declared.ts";
import { Controller } from "../../../proxy/control/cluster/controller.ts";
import type { GatewayConfiguration } from "../../../proxy/control/cluster/data-planes.ts";
import type { GatewayFacts } from "../../../proxy/control/cluster/status/facts.ts";
import { Store } from "../../sources/kubernetes/store.ts";

const group = "/apis/gateway.networking.k8s.io/v1";
const kindsOf: Readonly<Record<string, string>> = {
  gatewayclasses: "GatewayClass",
  gateways: "Gateway",
  httproutes: "HTTPRoute",
};
const controllerName = "gatewright.dev/gateway-controller";
const pending = { status: "Unknown", reason: "Pending", message: "No proxy yet." } as const;

class Cluster {
  readonly store = new Store();
  readonly deployed: (readonly GatewayConfiguration[])[] = [];
  readonly log: string[] = [];
  facts: GatewayFacts = { addresses: [], programmed: pending };
  #changed: () => void = () => {};

  constructor() {
    for (const plural of Object.keys(kindsOf)) this.store.serve(`${group}/${plural}`);
    this.store.serve("/api/v1/services");
    this.store.serve("/api/v1/namespaces");
  }

  async start(t: TestContext): Promise<Controller> {
    const server = await this.store.listen(t);
    const controller = new Controller(server, {
      controllerName,
      instance: "gatewright-0",
      abilities: { protocols: ["HTTP", "HTTPS"] },
      lease: { namespace: "gatewright", name: "controller", lease: 2_000, renew: 1_000, retry: 100 },
      dataPlanes: (_, changed) => {
        this.#changed = changed;
        return { deploy: (gateways) => this.deployed.push(gateways), facts: () => this.facts };
      },
      log: (level, message, fields) => this.log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
      patience: { firstBackoff: 10, longestBackoff: 50, absent: 50 },
    });
    const stop = new AbortController();
    const running = controller.run(stop.signal);
    t.after(async () => {
      stop.abort();
      await running;
    });
    return controller;
  }

  know(facts: GatewayFacts): void {
    this.facts = facts;
    this.#changed();
  }

  put(plural: string, namespace: string, name: string, spec: unknown): void {
    this.store.put(`${group}/${plural}`, namespace, name, spec);
  }

  status(plural: string, namespace: string, name: string): string {
    return JSON.stringify(this.store.get(`${group}/${plural}`, namespace, name)?.status ?? {});
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 1_000; tries++) {
      if (holds()) return;
      await sleep(5);
    }
    assert.fail(`never: ${what}; log:\n${this.log.join("\n")}`);
  }
}

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
    addresses: [{ type: "IPAddress", value: "10.200.1.1" }],
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

test("keys go only with the Gateway that names their Secret", async (t) => {
  const cluster = acme();
  await cluster.start(t);
  await cluster.until("deployed", () => cluster.deployed.length > 0);
  assert.ok(
    cluster.store.requests.some(
      ({ pathname, searchParams }) =>
        pathname === "/api/v1/secrets" && searchParams.get("fieldSelector") === "type=kubernetes.io/tls",
    ),
  );
  assert.equal(cluster.deployed.at(-1)?.[0]?.keyPairs.size, 0);
});
