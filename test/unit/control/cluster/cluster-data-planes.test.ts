import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { load } from "../../../../lib/api/load/load.ts";
import { ClusterDataPlanes } from "../../../../proxy/control/cluster/cluster-data-planes.ts";
import type { GatewayConfiguration } from "../../../../proxy/control/cluster/data-planes.ts";
import { defaultParameters } from "../../../../proxy/control/cluster/infrastructure/parameters.ts";
import { compile } from "../../../../proxy/control/compile.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { Store } from "../../sources/kubernetes/store.ts";

const controllerName = "gatewright.dev/gateway-controller";
const services = "/api/v1/services";
const deployments = "/apis/apps/v1/deployments";
const collections = [
  ...[services, deployments, "/api/v1/serviceaccounts", "/api/v1/configmaps"],
  "/apis/policy/v1/poddisruptionbudgets",
];

function configurationOf(metadata: object = {}): GatewayConfiguration {
  const apiVersion = "gateway.networking.k8s.io/v1";
  const declared = [
    { apiVersion, kind: "GatewayClass", metadata: { name: "external" }, spec: { controllerName } },
    {
      apiVersion,
      kind: "Gateway",
      metadata: { name: "edge", namespace: "acme", uid: "u-1", ...metadata },
      spec: { gatewayClassName: "external", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
    },
  ].map((object) => ({ object, origin: { cluster: "test" } }));
  const { gateways, attachment } = compile(
    load([{ name: "test", declared, findings: [] }], { channel: "experimental" }),
    { undeclared: "missing" },
  );
  const gateway = attachment.gateways.get("acme/edge");
  const [ir] = gateways;
  if (gateway === undefined || ir === undefined) return assert.fail("no Gateway");
  return { name: "acme/edge", attachment: gateway, ir, keyPairs: new Map(), trustAnchors: new Map() };
}

async function start(t: TestContext) {
  const store = new Store();
  for (const path of collections) store.serve(path);
  const server = await store.listen(t);
  const counts = { repaired: 0, refused: 0, malformed: 0 };
  const log: string[] = [];
  const planes = new ClusterDataPlanes(
    server,
    {
      installation: { stream: "controller:15010", audience: "controller", controllerName },
      identity: { namespace: "system", secret: "authority", names: ["controller"] },
      parametersOf: () => ({ ...defaultParameters, image: "gatewright:1" }),
      address: "127.0.0.1:0",
      counts,
      log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
      patience: { firstBackoff: 10, longestBackoff: 50 },
    },
    () => {},
  );
  const stop = new AbortController();
  const running = planes.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await running;
  });
  planes.deploy([configurationOf()], new Set());
  const there = () => collections.filter((path) => store.get(path, "acme", "edge-external") !== undefined).length;
  await eventually(() => there() === 5, "all objects");
  // Changes by others, such as the finalizer of a load balancer, arrive by now.
  await sleep(300);
  return { store, planes, counts, log, there };
}

test("somebody's change to the Service and to the Deployment is taken back within a second", async (t) => {
  const { store, counts } = await start(t);
  for (const path of [services, deployments]) {
    const { spec, metadata } = store.get(path, "acme", "edge-external") ?? assert.fail();
    const wanted = JSON.stringify(spec);
    const changed = { ...(spec as object), selector: { app: "somebody's" }, replicas: 0 };
    store.putFields(path, "acme", "edge-external", {
      metadata: { ...metadata, resourceVersion: `their-${path}` },
      spec: changed,
    });
    const same = () => JSON.stringify(store.get(path, "acme", "edge-external")?.spec) === wanted;
    const begun = performance.now();
    await eventually(same, "the repair");
    assert.ok(performance.now() - begun < 3_000);
  }
  await eventually(() => counts.repaired === 2, "both are counted");
});

test("an object that somebody deletes is made again", async (t) => {
  const { store, counts, there } = await start(t);
  store.remove("/api/v1/configmaps", "acme", "edge-external");
  await eventually(() => there() === 5, "it is there again");
  await eventually(() => counts.repaired === 1, "it is counted");
});

test("the objects of a Gateway that is being deleted are not made again", async (t) => {
  const { store, planes, there } = await start(t);
  planes.deploy([configurationOf({ deletionTimestamp: "2026-01-01T00:00:00Z" })], new Set());
  store.remove(services, "acme", "edge-external");
  store.remove(deployments, "acme", "edge-external");
  await sleep(500);
  planes.deploy([configurationOf({ deletionTimestamp: "2026-01-01T00:00:00Z", labels: { a: "b" } })], new Set());
  await sleep(200);
  assert.equal(there(), 3);
});

test("what a Gateway had goes when another controller has it, and stays when it is not known", async (t) => {
  const { store, planes, log, there } = await start(t);
  planes.deploy([], new Set());
  await sleep(200);
  assert.equal(there(), 5);
  planes.deploy([], new Set(["u-1"]));
  await eventually(() => there() === 0, "all are gone");
  // A deletion is logged when its response has arrived, a moment after the object is gone.
  const logged = () => log.filter((line) => line.includes("has no use for was deleted")).length;
  await eventually(() => logged() === 5, "each is logged");
  assert.ok(store.writes.some(({ method }) => method === "DELETE"));
});

test("a change of status is nobody's change", async (t) => {
  const { store, counts } = await start(t);
  const before = store.writes.length;
  const { spec, metadata } = store.get(deployments, "acme", "edge-external") ?? assert.fail();
  const renewed = { ...metadata, resourceVersion: "status-1", annotations: metadata.annotations };
  store.putFields(deployments, "acme", "edge-external", { metadata: renewed, spec, status: { readyReplicas: 2 } });
  await sleep(400);
  assert.deepEqual([store.writes.length, counts.repaired], [before, 0]);
});
