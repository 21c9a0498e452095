import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../../lib/api/declared.ts";
import { Applier } from "../../../../proxy/control/cluster/infrastructure/applier.ts";
import { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";

/** An API server that takes whatever is applied, but for the kinds that it is told to answer otherwise. */
async function started(t: TestContext) {
  const answers = new Map<string, number>();
  const applied: string[] = [];
  const api = createServer((request, response) => {
    const plural = request.url?.split("/").at(-2) ?? "";
    applied.push(plural);
    const code = answers.get(plural) ?? 200;
    const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, message: `${plural}: no` };
    response.writeHead(code).end(JSON.stringify(code === 200 ? {} : status));
    request.resume();
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const server = new ApiServer({
    server: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    namespace: "default",
    authenticate: async () => {},
  });
  const seen = { refusals: 0, failures: [] as string[] };
  const applier = new Applier(server, {
    otherwise: ({ kind, ...object }) => (kind === "Service" ? { kind: "ConfigMap", ...object } : undefined),
    onRefusal: () => seen.refusals++,
    onFailure: ({ kind }) => seen.failures.push(kind),
  });
  t.after(() => {
    applier.stop();
    api.close();
    api.closeAllConnections();
  });
  return { answers, applied, applier, seen };
}

const object = (kind: string, spec: object = {}): AnyObject => ({
  apiVersion: "v1",
  kind,
  metadata: { namespace: "edge", name: "gate" },
  spec,
});
const wanted = (...objects: readonly AnyObject[]) => new Map([["edge/gate", objects]]);

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
  assert.deepEqual(seen, { refusals: 1, failures: ["Deployment"] });
  const { object: refused, error } = applier.refusal("edge/gate") ?? assert.fail();
  assert.equal(refused.kind, "Deployment");
  assert.equal(error.status, 422);
  assert.equal(error.answer, "deployments: no");
  answers.clear();
  await until("another try", () => applier.refusal("edge/gate") === undefined);
  assert.equal(seen.refusals, 2);
});

test("what is wanted instead of something refused is applied at once, and the refusal is forgotten", async (t) => {
  const { answers, applier } = await started(t);
  answers.set("deployments", 403);
  applier.want(wanted(object("Deployment")));
  await until("the refusal", () => applier.refusal("edge/gate")?.error.status === 403);
  answers.clear();
  applier.want(wanted(object("Deployment", { replicas: 2 })));
  assert.equal(applier.refusal("edge/gate"), undefined);
  applier.want(new Map());
  assert.equal(applier.refusal("edge/gate"), undefined);
});

test("what can be put in place of an object that is refused is applied instead, and that is no refusal", async (t) => {
  const { answers, applied, applier, seen } = await started(t);
  answers.set("services", 422);
  applier.want(wanted(object("Service"), object("Deployment")));
  await until("all", () => applied.includes("deployments"));
  assert.deepEqual(applied, ["services", "configmaps", "deployments"]);
  assert.deepEqual(seen, { refusals: 0, failures: [] });
  answers.set("configmaps", 403);
  applier.want(wanted(object("Service", { other: true })));
  await until("the refusal", () => applier.refusal("edge/gate")?.error.answer === "configmaps: no");
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
  assert.equal(seen.refusals, 0);
});
