import { globSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "./cluster.ts";
import { moduleFiles } from "./rig/go-module.ts";

/** Installs the CRDs of the Multi-Cluster Services API (KEP-1645), ServiceImport and ServiceExport, from its Go module. */
export async function installMultiClusterServices(cluster: Cluster): Promise<void> {
  const directory = join(await moduleFiles("mcs-api", "sigs.k8s.io/mcs-api"), "config/crd");
  const files = globSync("*.yaml", { cwd: directory }).sort();
  const named = files.flatMap((file) => ["--filename", join(directory, file)]);
  await cluster.kubectl(["apply", "--server-side", ...named]);
  await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", ...named]);
}
