import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../../../lib/api/declared/declared.ts";
import { Applier } from "../../../../../proxy/control/cluster/infrastructure/applier.ts";
import { RepairPace } from "../../../../../proxy/control/cluster/infrastructure/repair-pace.ts";
import { ApiError } from "../../../../../proxy/sources/kubernetes/api-error.ts";
import { ApiServer } from "../../../../../proxy/sources/kubernetes/api-server.ts";

/** An API server that takes whatever is applied, but for the kinds that it is told to answer otherwise. */
async function started(t: TestContext) {
  const answers = new Map<string, number>();
  const versions = new Map<string, number>();
  const applied: string[] = [];
  const api = createServer((request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (request.method === "GET") {
      // Looks are not counted, and find nothing.
      const kind = `${kindOf[path.split("/").at(-1) ?? ""]}List`;
      return void response.end(JSON.stringify({ kind, items: [] }));
    }
    const plural = path.split("/").at(-2) ?? "";
    applied.push(plural);
    const code = answers.get(plural) ?? 200;
    const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, message: `${plural}: no` };
    const kind = kindOf[plural];
    const object = { kind, metadata: { resourceVersion: String(versions.get(plural) ?? 1) } };
    response.writeHead(code).end(JSON.stringify(code === 200 ? object : status));
    request.resume();
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const server = new ApiServer({
    server: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    namespace: "default",
    authenticate: async () => {},
  });
  const seen = { answers: 0, failures: [] as string[], repaired: [] as string[] };
  const applier = new Applier(server, {
    otherwise: ({ kind, ...object }) => (kind === "Service" ? { kind: "ConfigMap", ...object } : undefined),
    onAnswered: () => seen.answers++,
    onRepaired: ({ kind }) => seen.repaired.push(kind),
    onFailure: ({ kind }) => seen.failures.push(kind),
  });
  t.after(() => {
    applier.stop();
    api.close();
    api.closeAllConnections();
  });
  return { answers, versions, applied, applier, seen };
}

const kindOf: Readonly<Record<string, string>> = {
  configmaps: "ConfigMap",
  deployments: "Deployment",
  serviceaccounts: "ServiceAccount",
  services: "Service",
};

const object = (kind: string, spec: object = {}): AnyObject => ({
  apiVersion: "v1",
  kind,
  metadata: { namespace: "edge", name: "gate" },
  spec,
});
const wanted = (...objects: readonly AnyObject[]) => new Map([["edge/gate", objects]]);

function statusOf(applier: Applier): number | undefined {
  const error = applier.refusal("edge/gate")?.error;
  return error instanceof ApiError ? error.status : undefined;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (holds()) return;
    await sleep(5);
  }
  assert.fail(`never: ${what}`);
}

test("an object that the API server refuses is told, keeps none of the others back, and is tried again", async (t) => {
  const { answers, applied, applier, seen } = await started(t);
  answers.set("deployments", 422);
  applier.want(wanted(object("ServiceAccount"), object("Deployment"), object("Service")));
  await until("the refusal", () => applier.refusal("edge/gate") !== undefined);
  assert.deepEqual(applied.slice(0, 3), ["serviceaccounts", "deployments", "services"]);
  assert.deepEqual(seen, { answers: 1, failures: ["Deployment"], repaired: [] });
  const { object: refused, error } = applier.refusal("edge/gate") ?? assert.fail();
  assert.equal(refused.kind, "Deployment");
  assert.ok(error instanceof ApiError);
  assert.equal(error.status, 422);
  assert.equal(error.answer, "deployments: no");
  answers.clear();
  await until("another try", () => applier.refusal("edge/gate") === undefined);
  assert.equal(seen.answers, 2);
});

test("a refusal stands until the API server has answered for what is wanted instead", async (t) => {
  const { answers, applier } = await started(t);
  answers.set("deployments", 403);
  applier.want(wanted(object("Deployment")));
  await until("the refusal", () => statusOf(applier) === 403);
  assert.equal(applier.isApplied("edge/gate"), true);
  answers.clear();
  applier.want(wanted(object("Deployment", { replicas: 2 })));
  assert.equal(statusOf(applier), 403);
  assert.equal(applier.isApplied("edge/gate"), false);
  await until("the answer", () => applier.isApplied("edge/gate"));
  assert.equal(applier.refusal("edge/gate"), undefined);
  applier.want(new Map());
  assert.equal(applier.refusal("edge/gate"), undefined);
});

test("what can be put in place of an object that is refused is applied instead, and that is no refusal", async (t) => {
  const { answers, applied, applier, seen } = await started(t);
  answers.set("services", 422);
  applier.want(wanted(object("Service"), object("Deployment")));
  await until("all", () => applier.isApplied("edge/gate"));
  assert.deepEqual(applied, ["services", "configmaps", "deployments"]);
  assert.deepEqual(seen, { answers: 1, failures: [], repaired: [] });
  answers.set("configmaps", 403);
  applier.want(wanted(object("Service", { other: true })));
  await until("the refusal", () => /configmaps: no/.test(applier.refusal("edge/gate")?.error.message ?? ""));
});

test("an API server that is out for a while refuses nothing", async (t) => {
  const { answers, applied, applier, seen } = await started(t);
  answers.set("serviceaccounts", 503);
  applier.want(wanted(object("ServiceAccount"), object("Service")));
  await until("a failure", () => seen.failures.length > 0);
  assert.equal(applier.refusal("edge/gate"), undefined);
  assert.deepEqual(applied, ["serviceaccounts"]);
  answers.clear();
  await until("the rest", () => applied.includes("services"));
  assert.equal(seen.answers, 1);
});

const version = (kind: string, resourceVersion: string): AnyObject => ({
  ...object(kind),
  metadata: { namespace: "edge", name: "gate", resourceVersion } as AnyObject["metadata"],
});

test("somebody's change is taken back at once, and our own is not taken for one", async (t) => {
  const { versions, applied, applier, seen } = await started(t);
  applier.want(wanted(object("Service"), object("ConfigMap")));
  // The watch brings our own application before its answer.
  applier.changed(version("Service", "1"), version("Service", "1"));
  await until("all", () => applier.isApplied("edge/gate"));
  await sleep(200);
  assert.equal(applied.length, 2);
  versions.set("services", 3);
  applier.changed(version("Service", "2"), version("Service", "2"));
  await until("the repair", () => seen.repaired.length > 0);
  applier.changed(version("Service", "3"), version("Service", "3"));
  applier.changed(version("Secret", "9"), version("Secret", "9"));
  await sleep(200);
  assert.deepEqual(seen.repaired, ["Service"]);
  assert.equal(applied.length, 4);
});

test("an object that is gone is made again, and a change of what is not ours is left", async (t) => {
  const { versions, applied, applier, seen } = await started(t);
  applier.want(wanted(object("Service")));
  await until("all", () => applier.isApplied("edge/gate"));
  applier.changed(version("Service", "1"), undefined);
  await until("the repair", () => seen.repaired.length === 1);
  // Applying changes nothing of the version that others have led to.
  versions.set("services", 7);
  const before = applied.length;
  applier.changed(version("Service", "7"), version("Service", "7"));
  await until("another look", () => applied.length > before);
  await sleep(20);
  assert.equal(seen.repaired.length, 1);
});

test("two controllers that fight about an object write it ever more slowly", async (t) => {
  const { versions, applied, applier, seen } = await started(t);
  applier.want(wanted(object("Service")));
  await until("all", () => applier.isApplied("edge/gate"));
  let newest = 1;
  let repaired = 0;
  const other = setInterval(() => {
    if (seen.repaired.length < repaired) return;
    repaired = seen.repaired.length + 1;
    const theirs = String(++newest);
    versions.set("services", ++newest);
    applier.changed(version("Service", theirs), version("Service", theirs));
  }, 5);
  await sleep(3_000);
  clearInterval(other);
  assert.ok(seen.repaired.length >= 2 && seen.repaired.length <= 4, `${seen.repaired.length} repairs in 3 s`);
  assert.ok(applied.length <= 5, `${applied.length}`);
});

test("repairs come at once, then after a second, and at most once a minute; a quiet time begins anew", () => {
  const pace = new RepairPace();
  let now = 0;
  const waits = Array.from({ length: 9 }, () => {
    const wait = pace.wait(now);
    now += wait;
    pace.repaired(now);
    return wait;
  });
  assert.deepEqual(waits, [100, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(pace.wait(now + 130_000), 100);
});
