import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ask } from "../ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "../cluster.ts";
import { underLoad } from "../load.ts";
import { closeShop, openShop } from "../open-shop.ts";
import { sleep, until } from "../rig/run.ts";
import type { Shop } from "../shop.ts";

const kinds = "deployments,services,serviceaccounts,configmaps,poddisruptionbudgets";

suite("what the controller makes for a Gateway", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("faults-made"));
  });
  after(async () => {
    if (cluster !== undefined) await cluster.kubectl(["delete", "gatewayclass/second", "--ignore-not-found"]);
    await closeShop(cluster, shop);
  });

  test("is as it was within seconds after somebody has changed or deleted it", async () => {
    const selector = () => shop.field("service/gate-gatewright", ".spec.selector");
    const wanted = await selector();
    const patch = JSON.stringify({ metadata: { labels: { team: "other" } }, spec: { selector: { app: "other" } } });
    await shop.kubectl("patch", "service/gate-gatewright", "--type=merge", `--patch=${patch}`);
    await until("The Service's selector", async () => (await selector()) === wanted, 5_000, 200);
    // kube-proxy refuses connections until it has the endpoints of the Service again.
    await until("An answer", async () => (await ask(own, url)).status === 200, 10_000, 200);
    // Labels that others set stay.
    assert.equal(await shop.field("service/gate-gatewright", ".metadata.labels.team"), "other");
    const report = await underLoad(own, url, async () => {
      await shop.kubectl("scale", "deployment/gate-gatewright", "--replicas=1");
      await until(
        "Two proxies",
        async () => (await shop.field("deployment/gate-gatewright", ".spec.replicas")) === "2",
        5_000,
        200,
      );
      await shop.kubectl("delete", "configmap/gate-gatewright", "poddisruptionbudget/gate-gatewright");
      await until("Both again", async () => (await made("gate-gatewright")).length === 5, 5_000, 200);
      await shop.rolledOut("gate-gatewright");
    });
    assert.deepEqual(report.failures, []);
  });

  test("is not made again while the Gateway is deleted in the foreground", async () => {
    await shop.apply({ ...shop.gateway("brief"), metadata: { name: "brief", namespace: shop.namespace } });
    await shop.programmed("brief");
    const begun = performance.now();
    await shop.kubectl("delete", "gateway", "brief", "--cascade=foreground", "--wait", "--timeout=120s");
    assert.deepEqual(await made("brief-gatewright"), []);
    assert.ok(performance.now() - begun < 110_000);
  });

  test("goes when the Gateway has another class of ours, and the new objects serve before", async () => {
    await shop.apply({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: "second" },
      spec: { controllerName: "gatewright.dev/gateway-controller" },
    });
    const report = await underLoad(own, url, async () => {
      const patch = JSON.stringify({ spec: { gatewayClassName: "second" } });
      await shop.kubectl("patch", "gateway/gate", "--type=merge", `--patch=${patch}`);
      await until("The new Service", async () => (await made("gate-second")).includes("service"), 30_000, 200);
      await shop.rolledOut("gate-second");
      await sleep(100);
    });
    // Clients move when the address in the status does. Until then their requests were answered.
    assert.ok((report.versions["1"] ?? 0) > 0);
    await shop.programmed();
    await until("The end of the old objects", async () => (await made("gate-gatewright")).length === 0, 60_000, 500);
    assert.equal((await made("gate-second")).length, 5);
    await shop.answers("1");
    const pods = await shop.kubectl("get", "pods", "--selector=gateway.networking.k8s.io/gateway-name=gate", "-oname");
    await until(
      "The end of the old proxies",
      async () => (await shop.proxies()).every((pod) => pod.startsWith("gate-second-")),
      60_000,
    );
    assert.match(pods, /gate-second-/);
  });

  /** Returns the kinds of the objects with this name, in lower case. */
  async function made(name: string): Promise<readonly string[]> {
    const names = await shop.kubectl("get", kinds, "--output=name");
    const found = names
      .trim()
      .split("\n")
      .map((each) => each.split("/"));
    return found.filter((each) => each[1] === name).map(([kind = ""]) => kind.split(".")[0] ?? "");
  }
});
