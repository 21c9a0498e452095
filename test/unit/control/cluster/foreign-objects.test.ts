import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { ClusterDataPlanes } from "../../../../proxy/control/cluster/cluster-data-planes.ts";
import type { GatewayConfiguration } from "../../../../proxy/control/cluster/data-planes.ts";
import { whyForeign } from "../../../../proxy/control/cluster/infrastructure/ownership.ts";
import { defaultParameters } from "../../../../proxy/control/cluster/infrastructure/parameters.ts";
import { refusedConditions } from "../../../../proxy/control/cluster/status/refusals.ts";
import { compile } from "../../../../proxy/control/compile.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { Store } from "../../sources/kubernetes/store.ts";

const controllerName = "gatewright.dev/gateway-controller";
const apiVersion = "gateway.networking.k8s.io/v1";

/** Every kind that the applier writes. */
const collections: Readonly<Record<string, string>> = {
  ServiceAccount: "/api/v1/serviceaccounts",
  ConfigMap: "/api/v1/configmaps",
  Deployment: "/apis/apps/v1/deployments",
  PodDisruptionBudget: "/apis/policy/v1/poddisruptionbudgets",
  Service: "/api/v1/services",
};

function configuration(): GatewayConfiguration {
  const declared = [
    { apiVersion, kind: "GatewayClass", metadata: { name: "external" }, spec: { controllerName } },
    {
      apiVersion,
      kind: "Gateway",
      metadata: { name: "edge", namespace: "acme", uid: "u-1" },
      spec: { gatewayClassName: "external", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
    },
  ].map((object) => ({ object, origin: { cluster: "test" } }));
  const loaded = load([{ name: "test", declared, findings: [] }], { channel: "experimental" });
  const { gateways, attachment } = compile(loaded, { undeclared: "missing" });
  const gateway = attachment.gateways.get("acme/edge") ?? assert.fail();
  return {
    name: "acme/edge",
    attachment: gateway,
    ir: gateways[0] ?? assert.fail(),
    keyPairs: new Map(),
    trustAnchors: new Map(),
  };
}

async function start(t: TestContext, prepare: (store: Store) => void) {
  const store = new Store();
  for (const path of Object.values(collections)) store.serve(path);
  prepare(store);
  const planes = new ClusterDataPlanes(
    await store.listen(t),
    {
      installation: { stream: "controller:15010", audience: "controller", controllerName },
      identity: { namespace: "system", secret: "authority", names: ["controller"] },
      parametersOf: () => ({ ...defaultParameters, image: "gatewright:1" }),
      address: "127.0.0.1:0",
      counts: { repaired: 0, refused: 0, malformed: 0 },
      log: () => {},
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
  planes.deploy([configuration()], new Set());
  return { store, planes };
}

const there = (store: Store) =>
  Object.values(collections).filter((path) => store.get(path, "acme", "edge-external") !== undefined).length;

for (const [kind, path] of Object.entries(collections)) {
  test(`a ${kind} that the controller did not make is left as it is, and the Gateway says so`, async (t) => {
    const { store, planes } = await start(t, (store) =>
      store.putFields(path, "acme", "edge-external", { data: { theirs: "1" }, spec: { theirs: 1 } }),
    );
    const before = JSON.stringify(store.get(path, "acme", "edge-external"));
    const programmed = () => planes.facts("acme/edge")?.programmed;
    await eventually(() => programmed()?.reason === "Invalid", "the refusal");
    const { status, reason, message = "" } = programmed() ?? assert.fail();
    assert.deepEqual([status, reason], ["False", "Invalid"]);
    assert.match(message, new RegExp(`^${kind} acme/edge-external is there already`));
    assert.match(message, /Delete or rename it, or give the Gateway another name\.$/);
    // A refused object does not keep the others from being created.
    await eventually(() => there(store) === 5, "the others");
    assert.equal(JSON.stringify(store.get(path, "acme", "edge-external")), before);
    assert.deepEqual(
      store.writes.filter(
        (write) => write.path.endsWith("/edge-external") && write.path.includes(path.split("/").at(-1) ?? ""),
      ),
      [],
    );
    const condition = { type: "Programmed", status: "False", reason, message } as const;
    assert.equal(refusedConditions({}, { conditions: [condition] }, new Set([controllerName])).length, 1, "an Event");

    store.remove(path, "acme", "edge-external");
    await eventually(() => store.get(path, "acme", "edge-external")?.metadata.uid !== undefined, "our own");
    await eventually(() => programmed()?.reason !== "Invalid", "the end of the refusal");
  });

  test(`a ${kind} of ours that somebody replaces with another is left as it is from then on`, async (t) => {
    const { store, planes } = await start(t, () => {});
    await eventually(() => there(store) === 5, "all objects");
    store.remove(path, "acme", "edge-external");
    store.putFields(path, "acme", "edge-external", { spec: { theirs: 1 } });
    await eventually(() => planes.facts("acme/edge")?.programmed.reason === "Invalid", "the refusal");
    assert.deepEqual(store.get(path, "acme", "edge-external")?.spec, { theirs: 1 });
  });
}

const owner = { apiVersion, kind: "Gateway", name: "edge", uid: "u-1", controller: true };
const labels = {
  "app.kubernetes.io/managed-by": "gatewright",
  "gateway.networking.k8s.io/gateway-name": "edge",
};
const annotations = { "gatewright.dev/controller-name": controllerName };
const made = (metadata: object): AnyObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "edge-external", namespace: "acme", ...metadata },
});
const wanted = made({ labels, annotations, ownerReferences: [owner] });

for (const [what, there, isOurs] of [
  ["as it is made", { labels, annotations, ownerReferences: [owner] }, true],
  ["as earlier versions made it, without the annotation", { labels, ownerReferences: [owner] }, true],
  ["whose labels somebody took away", { annotations, ownerReferences: [owner] }, true],
  ["of a former Gateway of that name", { labels, annotations, ownerReferences: [{ ...owner, uid: "u-0" }] }, true],
  ["whose owner was deleted with --cascade=orphan", { labels, annotations }, true],
  ["without anything of ours", {}, false],
  ["with labels alone", { labels }, false],
  ["that somebody lets the Gateway own", { ownerReferences: [owner] }, false],
  [
    "of another controller",
    { labels, annotations: { "gatewright.dev/controller-name": "a.io/b" }, ownerReferences: [owner] },
    false,
  ],
  [
    "of another Gateway whose objects have the same name",
    { labels, annotations, ownerReferences: [{ ...owner, name: "edge2", uid: "u-2" }] },
    false,
  ],
  [
    "that something else owns",
    { labels, annotations, ownerReferences: [{ ...owner, kind: "App", uid: "u-3" }] },
    false,
  ],
  [
    "of another Gateway, orphaned",
    { labels: { ...labels, "gateway.networking.k8s.io/gateway-name": "other" }, annotations },
    false,
  ],
] as const) {
  test(`an object ${what} is ${isOurs ? "ours" : "not ours"}`, () => {
    assert.equal(whyForeign(made(there), wanted) === undefined, isOurs);
  });
}
