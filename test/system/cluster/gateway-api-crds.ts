import { globSync } from "node:fs";
import { join } from "node:path";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { gatewayApi } from "../../../tools/gateway-api.ts";
import type { Cluster } from "./cluster.ts";
import { until } from "./rig/run.ts";

const channelOf = "{.metadata.annotations.gateway\\.networking\\.k8s\\.io/channel}";
const aCrd = "customresourcedefinition/gateways.gateway.networking.k8s.io";

/**
 * Installs the Gateway API's CRDs of a channel from its Go module, in place of those of the other channel. The policy
 * in the same files that forbids such a change is left out.
 */
export async function installChannel(cluster: Cluster, channel: Channel): Promise<void> {
  const found = await cluster.kubectl(["get", aCrd, "--ignore-not-found", "--output", `jsonpath=${channelOf}`]);
  if (found === channel) return;
  if (found !== "") await removeCrds(cluster);
  const files = crdFiles(channel).flatMap((file) => ["--filename", file]);
  await cluster.kubectl(["apply", "--server-side", ...files]);
  await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", ...files]);
  // An established CRD is not served yet: the API server notices it some time later.
  await until(`The ${channel} channel`, () => isServed(cluster), 60_000);
}

function crdFiles(channel: Channel): string[] {
  const directory = join(gatewayApi(), "config/crd", channel);
  return globSync("*k8s.io_*.yaml", { cwd: directory, exclude: ["*_vap_*"] })
    .sort()
    .map((file) => join(directory, file));
}

async function removeCrds(cluster: Cluster): Promise<void> {
  const names = await cluster.kubectl(["get", "crd", "--output", "name"]);
  const ours = names.split("\n").filter((name) => /\.gateway\.networking\.(x-)?k8s\.io$/.test(name));
  await Promise.all(ours.map((name) => refuseIfUsed(cluster, name.slice(name.indexOf("/") + 1))));
  await cluster.kubectl(["delete", "--wait", "--timeout=60s", ...ours]);
}

/** Refuses to delete a CRD that has objects in a user's cluster, since they would be deleted with it. */
async function refuseIfUsed(cluster: Cluster, resource: string): Promise<void> {
  const objects = await cluster.kubectl(["get", resource, "--all-namespaces", "--output", "name"]);
  if (objects === "") return;
  throw new Error(`The tests replace the Gateway API's CRDs, and the cluster has ${objects.trim().split("\n")[0]}, …`);
}

const listed = ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"];

async function isServed(cluster: Cluster): Promise<boolean> {
  const all = [...listed, "referencegrants", "backendtlspolicies", "listenersets"];
  const paths = all.map((resource) => `/apis/gateway.networking.k8s.io/v1/${resource}`);
  const asked = paths.map((path) =>
    cluster.kubectl(["get", "--raw", path]).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(asked)).every((served) => served);
}
