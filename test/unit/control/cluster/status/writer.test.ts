import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../../../lib/api/declared/declared.ts";
import type { Condition } from "../../../../../lib/routing/attach/condition.ts";
import type { ObjectStatus } from "../../../../../lib/routing/attach/statuses.ts";
import { StatusWriter } from "../../../../../proxy/control/cluster/status/writer.ts";
import { eventually } from "../../../dataplane/harness/wire.ts";
import { Store } from "../../../sources/kubernetes/store.ts";

const routes = "/apis/gateway.networking.k8s.io/v1/httproutes";
const controllerName = "gatewright.dev/gateway-controller";
const parentRef = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" };
const object = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "store", name: "a" };

function wanted(reason: string, status: Condition["status"] = "True", name = "a"): ObjectStatus {
  const conditions = [{ type: "Accepted", status, reason, message: reason, observedGeneration: 1 }];
  return { object: { ...object, name }, status: { parents: [{ parentRef, controllerName, conditions }] } };
}

async function start(t: TestContext, store: Store) {
  const server = await store.listen(t);
  const refused: string[] = [];
  const failures: string[] = [];
  const stale = new Map<string, AnyObject>();
  const writer = new StatusWriter(server, {
    controllerNames: new Set([controllerName]),
    current: ({ namespace = "", name }) => stale.get(name) ?? store.get(routes, namespace, name),
    onRefused: ({ metadata }, { reason }) => refused.push(`${metadata.name} ${reason}`),
    onFailure: (_, error) => failures.push(error.message),
    interval: 20,
  });
  t.after(() => writer.stop());
  return { writer, refused, failures, stale };
}

function storeOf(...names: string[]): Store {
  const store = new Store();
  store.serve(routes);
  for (const name of names) store.put(routes, "store", name);
  return store;
}

test("a status is written once, to the subresource, and not again while it stays the same", async (t) => {
  const store = storeOf("a");
  const { writer } = await start(t, store);
  writer.want([wanted("Accepted")]);
  await eventually(() => store.writes.length === 1, "written");
  for (let i = 0; i < 5; i++) {
    writer.want([wanted("Accepted")]);
    writer.seen(object);
    await sleep(10);
  }
  assert.deepEqual(
    store.writes.map(({ method, path }) => `${method} ${path}`),
    ["PATCH /apis/gateway.networking.k8s.io/v1/namespaces/store/httproutes/a/status"],
  );
});

test("what the CRD does not keep of a status is written once, and again only when somebody else writes", async (t) => {
  const store = storeOf("a");
  store.prune = (status) => JSON.parse(JSON.stringify(status).replaceAll(`,"observedGeneration":1`, ""));
  const { writer } = await start(t, store);
  writer.want([wanted("Accepted")]);
  await eventually(() => store.writes.length === 1, "written");
  for (let i = 0; i < 5; i++) {
    writer.seen(object);
    await sleep(30);
  }
  assert.equal(store.writes.length, 1);
  store.put(routes, "store", "a");
  writer.seen(object);
  await eventually(() => store.writes.length === 2, "written again");
  await sleep(60);
  assert.equal(store.writes.length, 2);
});

test("of changes that come faster than writes only the newest is written", async (t) => {
  const store = storeOf("a");
  const { writer } = await start(t, store);
  for (let i = 0; i < 100; i++) {
    writer.want([wanted(`R${i}`)]);
    if (i % 10 === 0) await sleep(2);
  }
  const last = () => JSON.stringify(store.get(routes, "store", "a")?.status);
  await eventually(() => last()?.includes('"R99"') === true, "the last");
  assert.ok(store.writes.length < 20, `${store.writes.length} writes`);
});

test("what another controller has written meanwhile is kept", async (t) => {
  const store = storeOf("a");
  const { writer, stale, failures } = await start(t, store);
  stale.set("a", store.get(routes, "store", "a") as AnyObject);
  const theirs = { parentRef: { name: "x" }, controllerName: "example.com/other", conditions: [] };
  store.put(routes, "store", "a", {}, { parents: [theirs] });
  writer.want([wanted("Accepted")]);
  await sleep(100);
  assert.equal(store.writes.length, 0, "a write from an old version is refused");
  stale.clear();
  writer.seen(object);
  await eventually(() => store.writes.length === 1, "written");
  const { parents } = (store.get(routes, "store", "a") as AnyObject).status as {
    parents: { controllerName: string }[];
  };
  assert.deepEqual(
    parents.map((each) => each.controllerName),
    ["example.com/other", controllerName],
  );
  assert.deepEqual(failures, [], "a conflict is no failure");
});

test("an outage is told, and made up for", async (t) => {
  const store = storeOf("a");
  const { writer, failures } = await start(t, store);
  store.outage = 500;
  writer.want([wanted("Accepted")]);
  await eventually(() => failures.length > 0, "told");
  store.outage = undefined;
  await eventually(() => store.writes.length === 1, "written");
});

test("a condition that turns False is told once", async (t) => {
  const store = storeOf("a", "b");
  const { writer, refused } = await start(t, store);
  writer.want([wanted("NotAllowedByListeners", "False"), wanted("Accepted", "True", "b")]);
  await eventually(() => store.writes.length === 2, "both");
  writer.want([wanted("NotAllowedByListeners", "False"), wanted("Accepted", "True", "b")]);
  await sleep(50);
  assert.deepEqual(refused, ["a NotAllowedByListeners"]);
});

test("a thousand objects are written, a few at a time", async (t) => {
  const names = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
  const store = storeOf(...names);
  const { writer } = await start(t, store);
  writer.want(names.map((name) => wanted("Accepted", "True", name)));
  await eventually(() => writer.writes === 1_000, "all");
  assert.equal(new Set(store.writes.map(({ path }) => path)).size, 1_000);
});

test("an object that is gone, and a writer that is stopped, write nothing", async (t) => {
  const store = storeOf("a");
  const { writer, failures } = await start(t, store);
  writer.want([wanted("Accepted", "True", "gone")]);
  await sleep(30);
  writer.stop();
  writer.want([wanted("Accepted")]);
  await sleep(30);
  assert.deepEqual([store.writes, failures], [[], []]);
});
