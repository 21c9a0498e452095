import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { runtime } from "@pulumi/pulumi";
import { deploy } from "../targets/pulumi/deployment.ts";

const require = createRequire(import.meta.url);

/** Returns every Kubernetes object of a deployment as `name Kind`, and the provider that makes it. */
async function objects(...[t, program]: Parameters<typeof deploy>): Promise<string[]> {
  const { objects, logged } = await deploy(t, program);
  assert.deepEqual(logged.errors, []);
  return [...objects.values()]
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ name, inputs, provider = "" }) => {
      const { kind } = inputs as { readonly kind: string };
      return `${name} ${kind} by ${provider.replace(/^.*::(.*)::.*$/, "$1") || "the default"}`;
    })
    .sort();
}

test("the clusters of examples/multicluster have their objects from their own providers", async (t) => {
  assert.deepEqual(await objects(t, () => require("../../../examples/multicluster/index.ts")), [
    "c1/edge/acme-mc Gateway by c1",
    "c1/store/export-store-c1 ServiceExport by c1",
    "c1/store/store HTTPRoute by c1",
    "c2/store/export-store-c2 ServiceExport by c2",
  ]);
});

test("the step of examples/canary comes from the stack's configuration", async (t) => {
  runtime.setAllConfig({ "acme:step": "2" });
  const { objects: deployed, result } = await deploy(t, () => require("../../../examples/canary/index.ts") as object);
  const route = deployed.get("acme/store/acme-store")?.inputs as {
    spec: { rules: { backendRefs?: { weight?: number }[] }[] };
  };
  const [, split] = route.spec.rules;
  assert.deepEqual(
    split?.backendRefs?.map(({ weight }) => weight),
    [75, 25],
  );
  assert.equal((result as { share: number }).share, 25);
});
