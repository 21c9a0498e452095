import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Cluster, otherCluster } from "./cluster.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

const labels = { app: "theirs" };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: "theirs", image: "registry.k8s.io/pause:3.10" }] },
};

/** Objects of somebody else, of every kind that the controller writes. */
const theirs: Readonly<Record<string, { readonly apiVersion: string; readonly fields: object }>> = {
  ServiceAccount: { apiVersion: "v1", fields: {} },
  ConfigMap: { apiVersion: "v1", fields: { data: { theirs: "1" } } },
  Service: { apiVersion: "v1", fields: { spec: { selector: labels, ports: [{ port: 5432 }] } } },
  PodDisruptionBudget: {
    apiVersion: "policy/v1",
    fields: { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
  },
  Deployment: { apiVersion: "apps/v1", fields: { spec: { replicas: 0, selector: { matchLabels: labels }, template } } },
};

suite("objects that the controller did not make, in a cluster,", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let shop: Shop;
  before(async () => {
    ({ cluster, shop } = await openShop("foreign"));
  });
  after(() => closeShop(cluster, shop));

  for (const [kind, { apiVersion, fields }] of Object.entries(theirs)) {
    test(`are left as they are, and the Gateway says so: ${kind}`, async () => {
      const gateway = `f-${kind.toLowerCase()}`;
      const name = `${gateway}-gatewright`;
      const { namespace } = shop;
      const place = `${kind}/${name}`;
      await shop.apply({ apiVersion, kind, metadata: { name, namespace }, ...fields });
      const whole = () => shop.kubectl("get", place, "-o", "json");
      const before = JSON.parse(await whole()) as { metadata: { uid: string; generation?: number; labels?: object } };
      await shop.apply({
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: { name: gateway, namespace },
        spec: { gatewayClassName: "gatewright", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
      });
      const programmed = (field: string) =>
        shop.field(`gateway/${gateway}`, `.status.conditions[?(@.type=="Programmed")].${field}`);
      await until("the refusal", async () => (await programmed("reason")) === "Invalid", 60_000);
      assert.match(await programmed("message"), new RegExp(`^${kind} ${namespace}/${name} is there already`));
      await until(
        "an Event",
        async () =>
          (await shop.kubectl("get", "events", "-o", "jsonpath={.items[*].message}")).includes(
            `${kind} ${namespace}/${name} is there already`,
          ),
        30_000,
      );
      const { metadata, spec, data } = JSON.parse(await whole()) as Record<string, Record<string, unknown>>;
      assert.deepEqual(
        [metadata?.uid, metadata?.generation, metadata?.labels, metadata?.ownerReferences],
        [before.metadata.uid, before.metadata.generation, before.metadata.labels, undefined],
      );
      const { spec: specBefore, data: dataBefore } = before as unknown as Record<string, unknown>;
      assert.deepEqual([spec, data], [specBefore, dataBefore]);

      await shop.kubectl("delete", place, "--wait=true");
      await until(
        "an object of the Gateway's own",
        async () => /"ownerReferences"/.test(await whole().catch(() => "")),
        120_000,
      );
      await shop.kubectl("delete", "gateway", gateway);
    });
  }
});
