import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Cluster, type OwnCluster, otherCluster } from "../cluster.ts";
import { killProcess, led } from "../controllers.ts";
import { assertNothingLost, underLoad } from "../load.ts";
import { closeShop, openShop } from "../open-shop.ts";
import { network } from "../rig/network.ts";
import { run, sleep } from "../rig/run.ts";
import type { Shop } from "../shop.ts";

/** Seconds for which the API server is down. */
const outage = Number(process.env.GATEWRIGHT_OUTAGE_SECONDS ?? "60");
const system = "gatewright-system";

suite("under a steady load, nothing is lost", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("faults-control"));
  });
  after(() => closeShop(cluster, shop));

  test("when the controller that leads is killed during a change, which arrives", async () => {
    const pod = await led(cluster);
    const statuses = watchStatus(shop);
    const report = await underLoad(own, url, async () => {
      const change = shop.apply(shop.route("dying"));
      await killProcess(cluster, own, system, pod);
      await change;
      // No process leads until the Lease expires.
      await shop.apply(shop.route("killed"));
      await shop.answers("killed", 60_000);
    });
    assertNothingLost(report);
    // A DNS controller that follows the Gateway's addresses must not see a change of the leader as an outage.
    const told = await statuses();
    assert.ok(told.length > 0);
    assert.deepEqual(new Set(told), new Set([`${await shop.address()} True`]));
  });

  test(`when the API server is away for ${outage} s, and a change after that arrives`, async () => {
    const report = await underLoad(own, url, async () => {
      await own.fault("kill", "kube-apiserver");
      await sleep(outage * 1_000);
      await own.fault("start", "kube-apiserver");
      await shop.apply(shop.route("back"));
      await shop.answers("back", 90_000);
    });
    assertNothingLost(report);
  });

  test("when etcd is killed and started again, and a change after that arrives", async () => {
    const report = await underLoad(own, url, async () => {
      await own.fault("kill", "etcd");
      await sleep(3_000);
      await own.fault("start", "etcd");
      await own.fault("start", "kube-apiserver");
      await shop.apply(shop.route("etcd"));
      await shop.answers("etcd", 90_000);
    });
    assertNothingLost(report);
  });

  test("when the controllers' connections to the API server die without a word, and a change arrives", async () => {
    const deployment = "deployment/gatewright-controller";
    const idle = JSON.stringify([
      { op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--watch-idle=8" },
    ]);
    await cluster.kubectl(["--namespace", system, "patch", deployment, "--type=json", `--patch=${idle}`]);
    await cluster.kubectl(["--namespace", system, "rollout", "status", deployment, "--timeout=120s"]);
    await led(cluster);
    await shop.apply(shop.route("before"));
    await shop.answers("before", 60_000);
    try {
      const report = await underLoad(own, url, async () => {
        await silence(cluster, own);
        await shop.apply(shop.route("silence"));
        await shop.answers("silence", 60_000);
      });
      // The packets of the API server were dropped, so the changes arrived only because of the timeout.
      const { stdout } = await own.inNetwork(["nft", "list", "chain", "ip", silenced, "out"]);
      assert.match(stdout, /counter packets [1-9]/);
      assertNothingLost(report);
    } finally {
      await own.inNetwork(["nft", "delete", "table", "ip", silenced]);
    }
  });
});

/** Watches the Gateway's status from now on. The returned function waits for the watch and returns each version. */
function watchStatus(shop: Shop): () => Promise<readonly string[]> {
  const path = '{.status.addresses[0].value} {.status.conditions[?(@.type=="Programmed")].status}{"\\n"}';
  const watched = shop.kubectl(
    "get",
    "gateway",
    "gate",
    "--watch",
    "--request-timeout=30s",
    `--output=jsonpath=${path}`,
  );
  return async () => (await watched).trim().split("\n");
}

const silenced = "gatewright_silence";

/** Drops every packet of the controllers' current connections; new connections are not affected. */
async function silence(cluster: Cluster, own: OwnCluster): Promise<void> {
  const pods = await cluster.kubectl([
    ...["--namespace", system, "get", "pods", "--output=jsonpath={.items[*].status.podIP}"],
  ]);
  const { stdout } = await own.inNetwork(["ss", "-Htn", "state", "established", `sport = :${network.apiPort}`]);
  const all = [...stdout.matchAll(/(\d+\.\d+\.\d+\.\d+)\]?:(\d+)\s*$/gm)];
  const theirs = all.filter(([, address = ""]) => pods.split(" ").includes(address));
  assert.ok(theirs.length >= 10, `the controllers have ${theirs.length} connections: ${stdout}`);
  const set = theirs.map(([, address, port]) => `${address} . ${port}`).join(", ");
  const rules = `table ip ${silenced} {
    chain in { type filter hook input priority 10; ip saddr . tcp sport { ${set} } counter drop; }
    chain out { type filter hook output priority 10; ip daddr . tcp dport { ${set} } counter drop; }
  }`;
  const enter = ["nsenter", "--target", String(own.init), "--net", "--"];
  await run([...enter, "nft", "--file", "-"], { stdin: rules });
}
