import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { askOften } from "./ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

/** GEP-5093 is in the experimental channel. */
suite("addresses of a Gateway, in a cluster,", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  before(async () => {
    ({ cluster, own, shop } = await openShop("addresses", undefined, "experimental"));
  });
  after(async () => {
    await closeShop(cluster, shop);
    if (cluster !== undefined) await installChannel(cluster, "standard");
  });

  const want = (...addresses: readonly object[]) =>
    shop.kubectl("patch", "gateway", "gate", "--type=merge", "-p", JSON.stringify({ spec: { addresses } }));
  const reason = (type: string) => shop.field("gateway/gate", `.status.conditions[?(@.type=="${type}")].reason`);
  const given = async () => {
    const { status } = (await shop.read("gateway/gate")) as unknown as {
      readonly status: { readonly addresses: readonly { readonly value: string; readonly routability?: string }[] };
    };
    return status.addresses;
  };
  const service = (path: string) => shop.field("service/gate-gatewright", path);
  const becomes = (assigned: string, programmed: string, scopes: readonly string[]) =>
    until(
      `${assigned}, ${programmed}`,
      async () =>
        (await reason("AddressesAssigned")) === assigned &&
        (await reason("Programmed")) === programmed &&
        (await given()).map(({ routability }) => routability).join() === scopes.join(),
      30_000,
    );
  const serves = async () => {
    for (const { value } of await given()) {
      const all = async () => (await askOften(own, `http://${value}/`, 10)).every(({ status }) => status === 200);
      await until(`Answers at ${value}`, all, 15_000);
    }
  };

  test("are the load balancer's by default, and tell from where they are reached", async () => {
    await becomes("AddressesAssigned", "Programmed", [""]);
    await serves();
  });

  test("that are asked for inside the cluster are no load balancer's", async () => {
    await want({ routability: "Cluster" });
    await becomes("AddressesAssigned", "Programmed", ["Cluster"]);
    assert.equal(await service(".spec.type"), "ClusterIP");
    assert.equal((await given())[0]?.value, await service(".spec.clusterIP"));
    await serves();
  });

  test("may be had inside and outside", async () => {
    await want({ routability: "Cluster" }, {});
    await becomes("AddressesAssigned", "Programmed", ["Cluster", ""]);
    await serves();
  });

  test("that the cluster cannot give are told, and keep nobody from the others", async () => {
    await want({ value: "192.0.2.1", routability: "Cluster" }, {});
    await becomes("PartiallyAssigned", "Programmed", [""]);
    assert.match(
      await shop.field("gateway/gate", '.status.conditions[?(@.type=="AddressesAssigned")].message'),
      /asks for 192\.0\.2\.1 of routability Cluster/,
    );
    await serves();
  });

  test("of somewhere else are not replaced by any", async () => {
    await want({ routability: "acme.io/wan" });
    await becomes("NotAssigned", "AddressNotAssigned", []);
    assert.equal(await service(".spec.type"), "ClusterIP");
  });

  test("inside the cluster can be named", async () => {
    const address = (await service(".spec.clusterIP")).replace(/\d+$/, "251");
    const inner = { ...shop.gateway("inner"), spec: { ...specOf(shop.gateway()), addresses: [] as object[] } };
    inner.spec.addresses.push({ value: address, routability: "Cluster" });
    await shop.apply(inner);
    await shop.programmed("inner");
    assert.equal(await shop.address("inner"), address);
    assert.equal(await shop.field("service/inner-gatewright", ".spec.clusterIP"), address);
  });
});

function specOf(gateway: object): Readonly<Record<string, unknown>> {
  return (gateway as { readonly spec: Readonly<Record<string, unknown>> }).spec;
}
