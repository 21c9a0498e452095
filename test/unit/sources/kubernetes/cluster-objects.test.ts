import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type KindDefinition, kindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import { ApiError } from "../../../../proxy/sources/kubernetes/api-error.ts";
import { ClusterObjects, type Watched } from "../../../../proxy/sources/kubernetes/cluster-objects.ts";
import type { Patience } from "../../../../proxy/sources/kubernetes/reflector.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { Store } from "./store.ts";

const routes = "/apis/gateway.networking.k8s.io/v1/httproutes";
const older = "/apis/gateway.networking.k8s.io/v1beta1/httproutes";
const kind = kindDefinition("gateway.networking.k8s.io/v1", "HTTPRoute") as KindDefinition;
const impatient = { firstBackoff: 10, longestBackoff: 50, absent: 20 };

async function start(t: TestContext, store: Store, patience: Partial<Patience> = {}, watched: Watched[] = [{ kind }]) {
  const server = await store.listen(t);
  const changes: string[] = [];
  const failures: Error[] = [];
  const objects = new ClusterObjects(server, {
    watched,
    onChange: ({ object, now, before }) =>
      changes.push(`${now === undefined ? "-" : before === undefined ? "+" : "~"}${object.metadata.name}`),
    onFailure: (_, error) => failures.push(error),
    patience: { ...impatient, ...patience },
  });
  const stop = new AbortController();
  const running = objects.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await running;
  });
  return {
    objects,
    changes,
    failures,
    names: () =>
      objects
        .declared()
        .map(({ object }) => object.metadata.name)
        .sort(),
  };
}

function served(...names: string[]): Store {
  const store = new Store();
  store.serve(routes);
  for (const name of names) store.put(routes, "store", name);
  return store;
}

test("a list of several pages, then its changes as they happen", async (t) => {
  const names = Array.from({ length: 1_203 }, (_, index) => `route-${String(index).padStart(4, "0")}`);
  const store = served(...names);
  const { objects, changes, names: known } = await start(t, store);
  await objects.synced;
  assert.deepEqual(known(), names);
  changes.length = 0;
  await eventually(() => store.watches === 1, "the watch began");
  store.put(routes, "store", "route-0001", { hostnames: ["a.example"] });
  store.put(routes, "store", "another");
  store.remove(routes, "store", "route-0000");
  await eventually(() => changes.length === 3, "three changes");
  assert.deepEqual(changes, ["~route-0001", "+another", "-route-0000"]);
  const { object, origin } = objects.declared().find((each) => each.object.metadata.name === "another") ?? {};
  assert.equal(object?.kind, "HTTPRoute");
  assert.equal(object?.apiVersion, "gateway.networking.k8s.io/v1");
  assert.ok(!("managedFields" in (object?.metadata ?? {})), "bookkeeping of other clients is not kept");
  assert.match(JSON.stringify(origin), /cluster/);
});

test("a watch that ends is taken up behind the last event, without a list", async (t) => {
  const store = served("a");
  const { objects, changes } = await start(t, store);
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch began");
  store.put(routes, "store", "b");
  await eventually(() => changes.includes("+b"), "b");
  store.endWatches();
  store.put(routes, "store", "c");
  await eventually(() => changes.includes("+c"), "c");
  assert.deepEqual(changes, ["+a", "+b", "+c"]);
  assert.equal(store.requests.filter(({ searchParams }) => !searchParams.has("watch")).length, 1);
});

test("a bookmark moves the version that the next watch begins at", async (t) => {
  const store = served("a");
  const { objects } = await start(t, store);
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch began");
  for (let i = 0; i < 40; i++) store.advance();
  store.bookmark();
  await sleep(50);
  store.forget();
  store.endWatches();
  await eventually(
    () => store.requests.filter(({ searchParams }) => searchParams.has("watch")).length === 2,
    "another watch",
  );
  assert.equal(store.requests.at(-1)?.searchParams.get("resourceVersion"), "141");
});

test("a version that is too old is a new list, of which only differences are told", async (t) => {
  const store = served("a", "b", "c");
  const { objects, changes } = await start(t, store);
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch began");
  changes.length = 0;
  store.silent = true;
  store.put(routes, "store", "b", { hostnames: ["b.example"] });
  store.remove(routes, "store", "c");
  store.put(routes, "store", "d");
  store.forget();
  store.silent = false;
  store.endWatches();
  await eventually(() => changes.length === 3, "three changes");
  assert.deepEqual(changes.sort(), ["+d", "-c", "~b"]);
});

test("what is not kept is as if it were not there", async (t) => {
  const store = served("a", "b");
  store.put(routes, "store", "kept", { hostnames: ["a.example"] });
  const keep: Watched["keep"] = (object) => (JSON.stringify(object.spec) === "{}" ? undefined : object);
  const { objects, changes, names } = await start(t, store, {}, [{ kind, keep }]);
  await objects.synced;
  assert.deepEqual(names(), ["kept"]);
  await eventually(() => store.watches === 1, "the watch began");
  store.put(routes, "store", "a", { hostnames: ["a.example"] });
  store.put(routes, "store", "kept");
  store.remove(routes, "store", "b");
  await eventually(() => changes.length === 3, "three changes");
  assert.deepEqual(changes, ["+kept", "+a", "-kept"]);
});

test("a kind may be watched in parts", async (t) => {
  const store = served();
  store.putFields(routes, "store", "a", { type: "one" });
  store.putFields(routes, "store", "b", { type: "other" });
  store.putFields(routes, "store", "c", { type: "third" });
  const part = (type: string) => ({ kind, fieldSelector: `type=${type}` });
  const { objects, names } = await start(t, store, {}, [part("one"), part("other")]);
  await objects.synced;
  assert.deepEqual(names(), ["a", "b"]);
  const reference = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "store" };
  const types = ["a", "b", "c"].map((name) => objects.get({ ...reference, name })?.type);
  assert.deepEqual(types, ["one", "other", undefined]);
});

test("a watch that falls silent is noticed, and nothing is missed", async (t) => {
  const store = served("a");
  const { objects, changes, failures } = await start(t, store, { idle: 300 });
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch began");
  store.silent = true;
  store.put(routes, "store", "b");
  await sleep(100);
  assert.deepEqual(changes, ["+a"]);
  store.silent = false;
  await eventually(() => changes.includes("+b"), "b");
  assert.deepEqual(failures, [], "silence is no failure");
});

test("cut connections and an outage: what is known stays, and all is made up for", async (t) => {
  const store = served("a", "b");
  const { objects, changes, failures, names } = await start(t, store);
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch began");
  store.outage = 503;
  store.cut();
  await eventually(() => failures.length >= 2, "failures are told");
  assert.ok(
    failures.every(
      (error) => error instanceof ApiError && error.status === 503 && /the store is out/.test(error.message),
    ),
  );
  assert.deepEqual(names(), ["a", "b"]);
  store.remove(routes, "store", "a");
  store.outage = undefined;
  await eventually(() => changes.includes("-a"), "a is gone");
  assert.deepEqual(names(), ["b"]);
});

test("a kind that the server does not have is empty, and is found once it is there", async (t) => {
  const store = new Store();
  const { objects, changes, failures } = await start(t, store);
  await objects.synced;
  assert.deepEqual(objects.declared(), []);
  assert.deepEqual(failures, [], "an absent kind is no failure");
  store.serve(routes);
  store.put(routes, "store", "a");
  await eventually(() => changes.includes("+a"), "a");
});

test("a server with an older version of the kind is read in that version", async (t) => {
  const store = new Store();
  store.serve(older);
  store.put(older, "store", "a");
  const { objects } = await start(t, store);
  await eventually(() => objects.declared().length === 1, "a");
  assert.equal(objects.declared()[0]?.object.apiVersion, "gateway.networking.k8s.io/v1beta1");
});

test("a server that ends each watch at once is not asked in a loop", async (t) => {
  const store = served("a");
  const { objects } = await start(t, store, { firstBackoff: 100, longestBackoff: 1_000 });
  await objects.synced;
  const ending = setInterval(() => store.endWatches(), 1);
  await sleep(600);
  clearInterval(ending);
  const { length } = store.requests;
  assert.ok(length <= 6, `${length} requests`);
});
