import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationObjects } from "../../../lib/infrastructure-provider/installation/objects.ts";
import {
  completeSettings,
  type InstallationSettings,
} from "../../../lib/infrastructure-provider/installation/settings.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { imageContext, prepareImageContext } from "../../../tools/build/image-context.ts";
import { root } from "../../../tools/build/layout.ts";
import type { Cluster, OwnCluster } from "./cluster.ts";
import { cached } from "./rig/cache.ts";
import { buildImage } from "./rig/images/build-image.ts";
import { writeImage } from "./rig/images/oci-archive.ts";
import { telling } from "./rig/progress.ts";
import { run } from "./rig/run.ts";

/** As the container runtime calls the image that Kubernetes knows by its short name. */
const registryOfShortNames = "docker.io";

/**
 * Installs Gatewright as a user does, with the image built from the Dockerfile of these sources, and waits until the
 * controllers are ready. In a cluster of the user's the image has to be there already. CRDs are the caller's. Files of
 * one run share what is there: the image is built once for each content.
 */
export async function installGatewright(cluster: Cluster): Promise<void> {
  await loadGatewright(cluster);
  await rollOut(cluster, {});
}

/** Upgrades it to an image of another name, which is the same one: what counts is that every pod is replaced. */
export async function upgradeGatewright(cluster: Cluster, own: OwnCluster): Promise<string> {
  const { image } = completeSettings({});
  const next = `${image}-next`;
  await own.tag(`${registryOfShortNames}/${image}`, `${registryOfShortNames}/${next}`);
  await rollOut(cluster, { image: next });
  return next;
}

async function rollOut(cluster: Cluster, settings: InstallationSettings): Promise<void> {
  const { namespace } = completeSettings({});
  const objects = installationObjects({ imagePullPolicy: "IfNotPresent", ...settings });
  await cluster.apply(emit(objects.map((object) => ({ object, origin: { construct: "tests" } }))));
  const rollout = ["rollout", "status", "deployment/gatewright-controller", "--timeout=120s"];
  await cluster.kubectl(["--namespace", namespace, ...rollout], { timeout: 130_000 });
}

/** Takes away what keeps other tests from replacing the CRDs. The controllers stay: they cost nothing without a class. */
export async function removeGatewayClass(cluster: Cluster): Promise<void> {
  const { gatewayClassName } = completeSettings({});
  await cluster.kubectl(["delete", "gatewayclass", gatewayClassName, "--ignore-not-found", "--wait"]);
}

/** Has the image in the cluster, under the name that an installation asks for by default. */
export async function loadGatewright({ own }: Cluster): Promise<void> {
  const { image } = completeSettings({});
  if (own !== undefined) await telling("building the image", () => buildAndLoad(own, image));
}

async function buildAndLoad(own: NonNullable<Cluster["own"]>, image: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "gatewright-installed-"));
  try {
    await prepareImageContext();
    const content = contentOfImage();
    const loaded = own.state.file("gatewright-image");
    if (existsSync(loaded) && readFileSync(loaded, "utf8") === content) return;
    const archive = join(scratch, "image.tar");
    const [dockerfile, base] = [join(root, "Dockerfile"), await baseImage()];
    const args = { BASE: `oci-archive:${base}` };
    await buildImage({ dockerfile, context: imageContext, args, name: `${registryOfShortNames}/${image}` }, archive);
    await own.load(archive);
    writeFileSync(loaded, content);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What tells one image from another: all that it is built from, but its base. */
function contentOfImage(): string {
  const hash = createHash("sha256").update(readFileSync(join(root, "Dockerfile")));
  for (const file of globSync("**/*.*", { cwd: imageContext }).sort()) {
    hash.update(file).update(readFileSync(join(imageContext, file)));
  }
  return hash.digest("hex");
}

/** In place of the official image of Node.js, which a machine without a registry does not have: this very Node.js. */
async function baseImage(): Promise<string> {
  const hash = createHash("sha256").update(readFileSync(process.execPath)).digest("hex").slice(0, 10);
  const directory = await cached(`image-node-${process.version}-${hash}`, async (unfinished) => {
    const libraries = await librariesOf(process.execPath);
    const files = { "/usr/bin/node": process.execPath, ...Object.fromEntries(libraries.map((file) => [file, file])) };
    const description = { names: ["gatewright.test/node:24"], files, entrypoint: ["/usr/bin/node"] };
    await writeImage(description, join(unfinished, "image.tar"));
  });
  return join(directory, "image.tar");
}

/** What the dynamic linker loads for a program, the linker itself included. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const printed = await run(["ldd", program]);
  return [...printed.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map(([, file = ""]) => file);
}
