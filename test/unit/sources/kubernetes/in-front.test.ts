import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type KindDefinition, kindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import { ApiError, hasStatus, isConflict, isNotFound } from "../../../../proxy/sources/kubernetes/api-error.ts";
import { ClusterObjects } from "../../../../proxy/sources/kubernetes/cluster-objects.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
import { Store } from "./store.ts";

// These responses come in place of the API server's: from a load balancer, an authenticating proxy, a service mesh, a
// captive portal.

const routes = "/apis/gateway.networking.k8s.io/v1/httproutes";
const kind = kindDefinition("gateway.networking.k8s.io/v1", "HTTPRoute") as KindDefinition;
const metadata = { resourceVersion: "900" };

type Answer = (response: ServerResponse) => void;

const text = (code: number, body: string, type = "text/html"): Answer => {
  return (response) => response.writeHead(code, { "content-type": type }).end(body);
};
const json = (code: number, body: unknown): Answer => text(code, JSON.stringify(body), "application/json");

const notFound = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404, message: "no" };

const answers: Readonly<Record<string, Answer>> = {
  "404 with a page": text(404, "<html><h1>404 Not Found</h1></html>"),
  "404 without a body": text(404, ""),
  "404 in the API server's words": text(404, "404 page not found\n", "text/plain"),
  "404 with a Status": json(404, notFound),
  "404 with other JSON": json(404, { message: "no Route matched with those values" }),
  "410 with a page": text(410, "gone"),
  "200 with a page": text(200, "<html>Sign in</html>"),
  "200 without a body": text(200, ""),
  "200 with null": json(200, null),
  "200 with a list": json(200, []),
  "200 with an empty object": json(200, {}),
  "200 with an empty List of no kind": json(200, { metadata, items: [] }),
  "200 with an empty List of another kind": json(200, {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayList",
    metadata,
    items: [],
  }),
  "200 with an empty List of another version": json(200, {
    apiVersion: "networking.k8s.io/v1",
    kind: "HTTPRouteList",
    metadata,
    items: [],
  }),
  "200 with a List without items": json(200, {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRouteList",
    metadata,
  }),
  "200 with a List without a version": json(200, {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRouteList",
    metadata: {},
    items: [],
  }),
  "302 to a sign-in": (response) => response.writeHead(302, { location: "https://example.com/" }).end(),
  "401 with a page": text(401, "who are you"),
  "403 with a page": text(403, "blocked"),
  "502 with a page": text(502, "bad gateway"),
  "a connection that is cut": (response) => response.destroy(),
};

async function start(t: TestContext) {
  const store = new Store();
  store.serve(routes);
  store.put(routes, "store", "a");
  store.put(routes, "store", "b");
  const server = await store.listen(t);
  const failures: Error[] = [];
  const gone: string[] = [];
  const objects = new ClusterObjects(server, {
    watched: [{ kind }],
    onChange: ({ object, now }) => now === undefined && gone.push(object.metadata.name),
    onFailure: (_, error) => failures.push(error),
    patience: { firstBackoff: 2, longestBackoff: 5, absent: 5 },
  });
  const stop = new AbortController();
  const running = objects.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await running;
  });
  await objects.synced;
  await eventually(() => store.watches === 1, "the watch");
  return { store, failures, gone, objects };
}

for (const [what, answer] of Object.entries(answers)) {
  for (const scope of ["every path", "this kind alone"] as const) {
    test(`${what} to ${scope}: what is known stays, and is read again once the API server answers`, async (t) => {
      const { store, gone, objects } = await start(t);
      let answered = 0;
      store.inFront = ({ url = "" }, response) => {
        if (scope === "this kind alone" && !url.includes("/httproutes")) return false;
        answered++;
        answer(response);
        return true;
      };
      // A list is requested as well, since the version of the watch is too old.
      store.forget();
      store.endWatches();
      await eventually(() => answered > 4, "answers");
      store.put(routes, "store", "c");
      store.forget();
      await sleep(20);
      assert.deepEqual(gone, []);
      assert.equal(objects.declared().length, 2);
      store.inFront = () => false;
      await eventually(() => objects.declared().length === 3, "c");
      assert.deepEqual(gone, []);
    });
  }
}

test("junk in a watch is a failure, and removes nothing", async (t) => {
  const { store, failures, gone } = await start(t);
  const good = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" };
  const a = { namespace: "store", name: "a", resourceVersion: "999" };
  const lines = [
    "<html>",
    "null",
    '{"type":"DELETED"}',
    JSON.stringify({ type: "DELETED", object: { ...good, kind: "Gateway", metadata: a } }),
    JSON.stringify({ type: "DELETED", object: { ...good, metadata: { name: "a", namespace: "store" } } }),
    JSON.stringify({ type: "REMOVED", object: { ...good, metadata: a } }),
  ];
  let sent = 0;
  store.inFront = ({ url = "" }, response) => {
    if (!url.includes("watch=true")) return false;
    response.end(`${lines[sent++ % lines.length]}\n`);
    return true;
  };
  store.endWatches();
  await eventually(() => sent >= 2 * lines.length, "all lines, twice");
  assert.deepEqual(gone, []);
  assert.ok(failures.length >= lines.length);
});

test("where discovery is forbidden, a 404 in the API server's own words is the API server's", async (t) => {
  const { store, gone } = await start(t);
  store.inFront = ({ url = "" }, response) => {
    const isKind = url.includes("/httproutes");
    (isKind ? text(404, "404 page not found\n") : json(403, { ...notFound, code: 403, reason: "Forbidden" }))(response);
    return true;
  };
  store.endWatches();
  await eventually(() => gone.length === 2, "the kind is not there");
});

test("only what the API server itself says is about an object", () => {
  const page = new ApiError(404, "", "HTTP 404");
  const status = new ApiError(404, "NotFound", "no", { isStatus: true });
  assert.deepEqual([isNotFound(page), isNotFound(status)], [false, true]);
  assert.equal(isConflict(new ApiError(409, "", "HTTP 409")), false);
  assert.equal(hasStatus(new ApiError(422, "Invalid", "no", { isStatus: true }), 403, 422), true);
});
