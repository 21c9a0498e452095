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

/** The registry by which the container runtime completes the short names of images. */
const registryOfShortNames = "docker.io";

/**
 * Installs Gatewright as a user does, with an image built from the Dockerfile of these sources, and waits until the
 * controllers are ready. In a cluster of the user, the image has to exist already. The caller installs the CRDs. The
 * test files of one run share the image, which is built once for each content.
 */
export async function installGatewright(cluster: Cluster): Promise<void> {
  await loadGatewright(cluster);
  await rollOut(cluster, {});
}

/** Upgrades Gatewright to the same image under another name, so that every pod is replaced. */
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

/**
 * Removes the GatewayClass, which keeps other tests from replacing the CRDs. The controllers stay: without a class they
 * cost nothing.
 */
export async function removeGatewayClass(cluster: Cluster): Promise<void> {
  const { gatewayClassName } = completeSettings({});
  await cluster.kubectl(["delete", "gatewayclass", gatewayClassName, "--ignore-not-found", "--wait"]);
}

/** Loads the image into the cluster, under the name that an installation uses by default. */
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

/** Returns a hash of everything from which the image is built, apart from its base. */
function contentOfImage(): string {
  const hash = createHash("sha256").update(readFileSync(join(root, "Dockerfile")));
  for (const file of globSync("**/*.*", { cwd: imageContext }).sort()) {
    hash.update(file).update(readFileSync(join(imageContext, file)));
  }
  return hash.digest("hex");
}

/** Makes a base image from this Node.js, in place of the official image, which needs a registry. */
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

/** Returns the libraries that the dynamic linker loads for a program, and the linker itself. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const printed = await run(["ldd", program]);
  return [...printed.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map(([, file = ""]) => file);
}
