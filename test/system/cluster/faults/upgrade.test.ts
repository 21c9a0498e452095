import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Cluster, type OwnCluster, otherCluster } from "../cluster.ts";
import { installGatewright, upgradeGatewright } from "../installed.ts";
import { assertNothingLost, underLoad } from "../load.ts";
import { closeShop, openShop } from "../open-shop.ts";
import { until } from "../rig/run.ts";
import type { Shop } from "../shop.ts";

suite("an upgrade under a steady load", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("faults-upgrade"));
  });
  after(() => closeShop(cluster, shop));

  test("nothing is lost when controllers and proxies get another image, and when they get the former one back", async () => {
    const report = await underLoad(own, url, async () => {
      await replaced(await upgradeGatewright(cluster, own));
      await installGatewright(cluster);
      await shop.rolledOut("gate-gatewright");
    });
    assertNothingLost(report);
    await shop.programmed("gate");
  });

  /** Waits until every proxy has the image, and those with another image are gone. */
  async function replaced(image: string): Promise<void> {
    const images = async () =>
      shop.kubectl(
        "get",
        "pods",
        "--selector=app.kubernetes.io/name=gatewright-proxy",
        "--output=jsonpath={.items[*].spec.containers[*].image}",
      );
    await until(
      "Proxies of the new image alone",
      async () => (await images()).split(" ").every((one) => one === image),
      180_000,
    );
    await shop.rolledOut("gate-gatewright");
    assert.notEqual(await images(), "");
  }
});
