import assert from "node:assert/strict";
import { test } from "node:test";
import { crdVersion, gatewayCrdNames } from "../../../../lib/api/load/crd-version.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { attach } from "../../../../lib/routing/attach/attach.ts";
import type { GatewayClassStatus } from "../../../../lib/routing/attach/statuses.ts";
import { routingObjects } from "../../../../lib/routing/objects.ts";
import { CrdWatch, type InstalledCrds } from "../../../../proxy/control/cluster/installed-crds.ts";
import { clusterStatuses } from "../../../../proxy/control/cluster/status/statuses.ts";
import { ApiError } from "../../../../proxy/sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";

/** Returns the CRDs found on a server with this response for each CRD: a version, none, or a status. */
async function found(
  answer: (name: string) => string | undefined | number,
  channel = "standard",
): Promise<InstalledCrds | undefined> {
  const stop = new AbortController();
  const server = {
    json: async ({ path }: { readonly path: string }) => {
      const name = path.split("/").at(-1) ?? "";
      const version = answer(name);
      if (typeof version === "number") throw new ApiError(version, "", "refused", { isStatus: true });
      const annotations = {
        ...(version !== undefined && { "gateway.networking.k8s.io/bundle-version": version }),
        "gateway.networking.k8s.io/channel": channel,
      };
      return { metadata: { name, annotations } };
    },
  } as unknown as ApiServer;
  const crds = new CrdWatch(server, () => stop.abort());
  const ran = crds.run(stop.signal);
  // Unknown CRDs change nothing, and are checked again later.
  const quiet = setTimeout(() => stop.abort(), 100);
  await ran;
  clearTimeout(quiet);
  return crds.found;
}

test("the releases of the CRDs that are there, each once, and their channel", async () => {
  const of = (experimental: boolean, ...versions: readonly string[]) => ({ versions, experimental });
  assert.deepEqual(await found(() => "v1.7.0"), of(false, "v1.7.0"));
  assert.deepEqual(await found(() => "v1.7.0", "experimental"), of(true, "v1.7.0"));
  const mixed = await found((name) => (name.startsWith("gateways.") ? "v1.4.0" : "v1.7.0"));
  assert.deepEqual(mixed, of(false, "v1.4.0", "v1.7.0"));
  assert.deepEqual(await found((name) => (name.startsWith("tcproutes.") ? 404 : "v1.7.0")), of(false, "v1.7.0"));
});

test("what may not be read, does not answer or says nothing is not known", async () => {
  assert.equal(await found(() => 403), undefined);
  assert.equal(await found(() => 503), undefined);
  assert.equal(await found(() => undefined), undefined);
  assert.ok(gatewayCrdNames.includes("gatewayclasses.gateway.networking.k8s.io"));
});

test("a class tells whether the release is the one that is known, and what its channel has fields for", () => {
  const yaml =
    "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: { name: c, generation: 3 }\nspec: { controllerName: x.io/y }\n";
  const loaded = load([{ name: "given", ...parseDocuments(yaml, "given") }], { channel: "standard" });
  const attachment = attach(routingObjects(loaded.objects, loaded.extensions), { undeclared: "missing" });
  const told = (versions?: readonly string[], experimental = false) => {
    const [one] = clusterStatuses(attachment, () => assert.fail("no Gateway"), versions && { versions, experimental });
    const { conditions = [] } = (one?.status ?? {}) as Pick<GatewayClassStatus, "conditions">;
    const { status, reason, observedGeneration } = conditions.find(({ type }) => type === "SupportedVersion") ?? {};
    return status && [status, reason, observedGeneration];
  };
  assert.deepEqual(told([crdVersion]), ["True", "SupportedVersion", 3]);
  assert.deepEqual(told(["v1.4.0", crdVersion]), ["False", "UnsupportedVersion", 3]);
  assert.equal(told(), undefined);
  const features = (experimental: boolean) => {
    const crds = { versions: [crdVersion], experimental };
    const [one] = clusterStatuses(attachment, () => assert.fail("no Gateway"), crds);
    const { supportedFeatures = [] } = (one?.status ?? {}) as { readonly supportedFeatures?: { name: string }[] };
    return supportedFeatures.map(({ name }) => name);
  };
  assert.ok(!features(false).includes("GatewayAddressRoutability"));
  assert.ok(features(true).includes("GatewayAddressRoutability"));
  assert.deepEqual(features(true), [...features(true)].sort());
});
