import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { command, dist, readManifest, root, worker } from "./layout.ts";
import { licensesOf } from "./licenses.ts";
import { writeSbom } from "./sbom.ts";

/** The build context of the container image. */
export const imageContext = join(dist, "image");

/**
 * Bundles the command and its worker threads with all packages that they use, so that the image needs no node_modules
 * and its build needs no network.
 */
export async function prepareImageContext(): Promise<void> {
  await rm(imageContext, { recursive: true, force: true });
  await mkdir(imageContext, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [command.name]: command.source, [worker.name]: worker.source },
    outdir: imageContext,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    chunkNames: "chunks/[hash]",
    conditions: ["gatewright-source"],
    // Bundled CommonJS packages call `require` for Node.js modules. The banner creates it, as ES modules lack it.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const { name, version } = readManifest(root);
  const manifest = { name, version, type: "module", imports: { "#worker": `./${worker.name}.js` } };
  await writeFile(join(imageContext, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await writeFile(join(imageContext, "THIRD-PARTY-LICENSES"), await licensesOf(metafile));
  writeSbom(join(imageContext, "THIRD-PARTY-LICENSES"), imageContext);
  await cp(join(root, "LICENSE"), join(imageContext, "LICENSE"));
}
