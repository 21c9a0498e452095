import assert from "node:assert/strict";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readManifest, root } from "../../../tools/build/layout.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { installGatewright } from "../cluster/installed.ts";
import { telling } from "../cluster/rig/progress.ts";
import { type Outcome, outcomeOf } from "../cluster/rig/run.ts";
import { profilesOf, tableOf } from "./report.ts";
import { resultsOf } from "./results.ts";
import { conformanceSuite } from "./suite.ts";

const limit = 30 * 60_000;
const profiles = ["GATEWAY-HTTP", "GATEWAY-GRPC"];
/**
 * Seconds to wait for deletions. Namespaces are deleted after their last pod, and proxies drain first. The suite lets
 * implementations choose this time.
 */
const deleteTimeout = 180;
const { version } = readManifest(root);
const report = join(root, `docs/conformance/standard-${version}-default-report.yaml`);

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await installGatewright(cluster);
});
after(() => cluster?.stop());

test("the profiles GATEWAY-HTTP and GATEWAY-GRPC", { timeout: limit + 60_000 }, async (t) => {
  const suite = await conformanceSuite();
  await mkdir(join(report, ".."), { recursive: true });
  // The suite reads the supported features from the status when it starts, so the status has to be written first.
  const accepted = ["wait", "gatewayclass/gatewright", "--for=condition=Accepted", "--timeout=120s"];
  await cluster.kubectl(accepted, { timeout: 130_000 });
  const { code, stdout, stderr } = await telling("running the conformance suite", () => runSuite(suite));
  const results = resultsOf(stdout);
  assert.ok(
    results.length > 0,
    `The suite ended with ${code} before its first test: ${(stdout + stderr).slice(-3000)}`,
  );
  for (const { name, outcome, output } of results) {
    await t.test(name, { skip: outcome === "SKIP" && "not among the supported features" }, () => {
      assert.equal(outcome, "PASS", output);
    });
  }
  assert.equal(code, 0, `The suite ended with ${code}: ${stdout.slice(-3000)}`);
  const reported = profilesOf(await readFile(report, "utf8"));
  console.log(tableOf(reported));
  assert.deepEqual(reported.map(({ name }) => name).sort(), [...profiles].sort());
  // The suite writes its report for its owner only; this one is readable for all.
  await chmod(report, 0o644);
});

/** Runs the suite, which reads the supported features from the GatewayClass. */
function runSuite(suite: string): Promise<Outcome> {
  const command = [
    suite,
    ...["-test.v", `-test.timeout=${limit / 60_000}m`, "--gateway-class=gatewright"],
    ...[`--conformance-profiles=${profiles.join()}`, "--usable-address=10.200.1.200", "--unusable-address=192.0.2.1"],
    ...[`--report-output=${report}`, "--organization=gatewright", "--project=gatewright", `--version=${version}`],
    `--timeout-config-overrides=DeleteTimeout:${deleteTimeout}`,
    ...["--url=https://gatewright.dev", "--contact=https://gatewright.dev"],
  ];
  const { own, kubeconfig } = cluster;
  if (own === undefined) return outcomeOf(command, { timeout: limit, env: { KUBECONFIG: kubeconfig } });
  return own.inNetwork(command, { timeout: limit, env: { KUBECONFIG: own.kubeconfigInNetwork } });
}
