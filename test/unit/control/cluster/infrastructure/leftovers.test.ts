import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../../../lib/api/declared/declared.ts";
import { Leftovers, type Owner } from "../../../../../proxy/control/cluster/infrastructure/leftovers.ts";
import { eventually } from "../../../dataplane/harness/wire.ts";
import { Store } from "../../../sources/kubernetes/store.ts";

const ours = "gatewright.dev/gateway-controller";
const paths = {
  Service: "/api/v1/services",
  ConfigMap: "/api/v1/configmaps",
  ServiceAccount: "/api/v1/serviceaccounts",
  Deployment: "/apis/apps/v1/deployments",
  PodDisruptionBudget: "/apis/policy/v1/poddisruptionbudgets",
} as const;
type Kind = keyof typeof paths;
const everyKind = Object.keys(paths) as Kind[];

interface Made {
  readonly controller?: string | undefined;
  readonly owner?: string;
  readonly deleting?: boolean;
}

function made(kind: Kind, name: string, { controller = ours, owner = "u-1", deleting = false }: Made = {}): AnyObject {
  const metadata = {
    namespace: "acme",
    name,
    uid: `${kind}-${name}`,
    ...(controller !== "" && { annotations: { "gatewright.dev/controller-name": controller } }),
    ownerReferences: [{ kind: "Gateway", uid: owner }],
    ...(deleting && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
  };
  return { apiVersion: "v1", kind, metadata };
}

async function start(t: TestContext, objects: readonly AnyObject[]) {
  const store = new Store();
  const server = await store.listen(t);
  for (const path of Object.values(paths)) store.serve(path);
  for (const object of objects) {
    const path = paths[object.kind as Kind];
    store.putFields(path, "acme", object.metadata.name, { metadata: { ...object.metadata, resourceVersion: "1" } });
  }
  const failures: string[] = [];
  let again = 0;
  const leftovers = new Leftovers(server, {
    controllerName: ours,
    onDeleted: () => {},
    onFailure: ({ kind }, { message }) => failures.push(`${kind} ${message}`),
    again: () => again++,
    wait: 20,
  });
  t.after(() => leftovers.stop());
  const deleted = () => store.writes.map(({ object }) => `${object.kind} ${object.metadata.name}`);
  return { store, leftovers, failures, deleted, again: () => again };
}

const owner = (objects: readonly AnyObject[], serves: boolean): Owner => ({
  uid: "u-1",
  name: "edge-b",
  objects,
  serves,
});
const none = new Set<string>();

test("objects of the class before go once those of the new class serve, the Service first", async (t) => {
  const before = everyKind.map((kind) => made(kind, "edge-a"));
  const now = everyKind.map((kind) => made(kind, "edge-b"));
  const { leftovers, deleted } = await start(t, [...before, ...now]);
  leftovers.sweep([...before, ...now], [owner(now, false)], none);
  await sleep(50);
  assert.deepEqual(deleted(), []);
  leftovers.sweep([...before, ...now], [owner(now, true)], none);
  leftovers.sweep([...before, ...now], [owner(now, true)], none);
  await eventually(() => deleted().length === 5, "five");
  assert.deepEqual(deleted(), [
    "Service edge-a",
    "PodDisruptionBudget edge-a",
    "Deployment edge-a",
    "ServiceAccount edge-a",
    "ConfigMap edge-a",
  ]);
});

test("the disruption budget of proxies of which one is left goes at once", async (t) => {
  const now = everyKind.map((kind) => made(kind, "edge-b"));
  const { leftovers, deleted } = await start(t, now);
  const wanted = now.filter(({ kind }) => kind !== "PodDisruptionBudget");
  leftovers.sweep(now, [owner(wanted, false)], none);
  await eventually(() => deleted().length === 1, "one");
  assert.deepEqual(deleted(), ["PodDisruptionBudget edge-b"]);
});

test("a Gateway that has gone to another controller loses what this controller made, and nothing else", async (t) => {
  const objects = [
    made("Service", "edge-a"),
    made("Service", "edge-other", { controller: "example.com/other" }),
    made("Service", "edge-old", { controller: "" }),
    made("Service", "edge-going", { deleting: true }),
    made("Service", "gate-a", { owner: "u-2" }),
  ];
  const { leftovers, deleted } = await start(t, objects);
  leftovers.sweep(objects, [], new Set(["u-1"]));
  await eventually(() => deleted().length === 1, "one");
  await sleep(20);
  assert.deepEqual(deleted(), ["Service edge-a"]);
});

test("nothing goes of a Gateway that is not known, and nothing of another controller's", async (t) => {
  const objects = [made("Service", "edge-a"), made("Service", "edge-x", { controller: "example.com/other" })];
  const { leftovers, deleted } = await start(t, objects);
  leftovers.sweep(objects, [], none);
  leftovers.sweep(objects, [owner([made("Service", "edge-a")], true)], none);
  await sleep(50);
  assert.deepEqual(deleted(), []);
});

test("another object under the same name is kept, and a failure is tried again", async (t) => {
  const [service, account] = [made("Service", "edge-a"), made("ServiceAccount", "edge-a")];
  const { store, leftovers, failures, deleted, again } = await start(t, [service, account]);
  const other = { ...service, metadata: { ...service.metadata, uid: "of before" } };
  leftovers.sweep([other], [owner([], true)], none);
  await sleep(50);
  assert.deepEqual([deleted(), failures], [[], []]);
  store.outage = 503;
  leftovers.sweep([account], [owner([], true)], none);
  await eventually(() => again() === 1, "another sweep");
  assert.match(failures[0] ?? "", /^ServiceAccount .*the store is out/);
  store.outage = undefined;
  leftovers.sweep([account], [owner([], true)], none);
  await eventually(() => deleted().length === 1, "the account");
});
