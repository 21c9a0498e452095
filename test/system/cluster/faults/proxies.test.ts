import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ask } from "../ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "../cluster.ts";
import { killProcess } from "../controllers.ts";
import { assertNothingLost, underLoad } from "../load.ts";
import { closeShop, openShop } from "../open-shop.ts";
import { sleep, until } from "../rig/run.ts";
import type { Shop } from "../shop.ts";

suite("under a steady load", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("faults-proxies"));
  });
  after(() => closeShop(cluster, shop));

  test("the load tells what is lost", async () => {
    const { sent, failures } = await underLoad(own, "http://127.0.0.1:1/", () => sleep(500));
    assert.ok(sent > 0);
    assert.equal(failures.length, sent);
  });

  test("nothing is lost when a proxy's pod is deleted", async () => {
    const report = await underLoad(own, url, async () => {
      const [pod = ""] = await shop.proxies();
      await shop.kubectl("delete", "pod", pod, "--wait");
      await shop.rolledOut("gate-gatewright");
    });
    assertNothingLost(report);
  });

  test("nothing is lost when all proxies are replaced, one after another", async () => {
    const before = new Set(await shop.proxies());
    const report = await underLoad(own, url, async () => {
      await shop.kubectl("rollout", "restart", "deployment/gate-gatewright");
      await shop.rolledOut("gate-gatewright");
      await until(
        "The end of the old proxies",
        async () => (await shop.proxies()).every((pod) => !before.has(pod)),
        60_000,
      );
      // Proxies that end still finish their requests.
      await shop.kubectl("wait", "--for=delete", "--timeout=90s", ...[...before].map((pod) => `pod/${pod}`));
    });
    assertNothingLost(report);
  });

  test("nothing is lost when all pods of the backend are replaced", async () => {
    const report = await underLoad(own, url, async () => {
      await shop.apply(shop.backend({ revision: "2" }));
      await shop.rolledOut("backend");
      await sleep(6_000);
    });
    assertNothingLost(report);
  });

  test("of a proxy that is killed its connections are lost, for no longer than Kubernetes takes to see it", async () => {
    let killed = 0;
    const begun = performance.now();
    const report = await underLoad(own, url, async () => {
      await sleep(1_000);
      const [pod = ""] = await shop.proxies();
      await killProcess(cluster, own, shop.namespace, pod);
      killed = performance.now() - begun;
      await sleep(15_000);
      await shop.rolledOut("gate-gatewright");
    });
    const { failures, sent } = report;
    // The connections of the killed proxy end, and new ones to it are refused until it is removed from the endpoints or
    // is back.
    for (const { at, why } of failures) {
      assert.match(why, /^(ECONNRESET|ECONNREFUSED|EPIPE|socket hang up)$/);
      assert.ok(at < killed + 6_000, `a failure ${at - killed} ms after the kill`);
    }
    assert.ok(failures.length < sent / 5, `${failures.length} of ${sent}`);
  });

  test("nothing is lost of other connections when a Gateway is deleted, and it is served again when it is back", async () => {
    await shop.apply(shop.gateway("other"));
    await shop.programmed("other");
    const report = await underLoad(own, url, async () => {
      await shop.kubectl("delete", "gateway", "other", "--wait");
      await until("The end of its proxies", async () => (await shop.proxies("other")).length === 0, 60_000);
      await shop.apply(shop.gateway("other"), shop.route("2", { name: "route", parents: ["gate", "other"] }));
      await shop.programmed("other");
      await shop.answers("2");
      const again = `http://${await shop.address("other")}/`;
      await until("The Gateway that is back", async () => (await ask(own, again)).version === "2", 30_000);
    });
    assertNothingLost(report);
    await shop.kubectl("delete", "gateway", "other", "--wait");
  });
});
