/** `npm run image -- [--base IMAGE] [--tag NAME]`: builds the container image with docker, podman or buildah. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { imageContext, prepareImageContext } from "./build/image-context.ts";
import { readManifest, root } from "./build/layout.ts";

const { values } = parseArgs({
  options: {
    base: { type: "string" },
    tag: { type: "string", default: `gatewright/gatewright:${readManifest(root).version}` },
    "context-only": { type: "boolean", default: false },
  },
});

const builders = [
  ["docker", "build"],
  ["podman", "build"],
  ["buildah", "bud"],
] as const;

await prepareImageContext();
if (values["context-only"]) console.log(imageContext);
else process.exitCode = buildImage();

function buildImage(): number {
  // Docker's client cannot build without its daemon.
  const builder = builders.find(([program]) => spawnSync(program, ["info"], { stdio: "ignore" }).status === 0);
  if (builder === undefined) {
    console.error("None of docker, podman and buildah works here. Install one, or build the context yourself:");
    console.error(`  ${imageContext}, with the Dockerfile at the root of the repository`);
    return 1;
  }
  const base = values.base === undefined ? [] : ["--build-arg", `BASE=${values.base}`];
  const args = [...builder.slice(1), ...base, "--tag", values.tag, "--file", join(root, "Dockerfile"), imageContext];
  const { status } = spawnSync(builder[0], args, { stdio: "inherit" });
  if (status === 0) console.log(`Built ${values.tag} with ${builder[0]}.`);
  return status ?? 1;
}
