import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { gatewright, scratch } from "../../unit/cli/gatewright.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
});
after(() => cluster?.stop());

suite("gatewright synth --crds", () => {
  test("is what the API server takes, and what the Gateway API publishes", async (t) => {
    const { code, stdout, stderr } = await gatewright(["synth", "--crds"]);
    assert.equal(code, 0, stderr);
    const file = join(await scratch(t), "crds.yaml");
    await writeFile(file, stdout);
    // The installed CRDs are the published files, so applying ours over them changes nothing.
    const before = await generations();
    await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "--filename", file]);
    assert.equal(await generations(), before);
    await cluster.kubectl([
      "delete",
      "--ignore-not-found",
      "validatingadmissionpolicybinding,validatingadmissionpolicy",
      "safe-upgrades.gateway.networking.k8s.io",
    ]);
  });
});

function generations(): Promise<string> {
  const shown = "{range .items[*]}{.metadata.name} {.metadata.generation}{'\\n'}{end}".replaceAll("'", '"');
  return cluster.kubectl(["get", "crds", `--output=jsonpath=${shown}`]);
}
