import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { dist, readManifest, root } from "./layout.ts";

/** Writes the licenses of the code in dist. */
export async function writeLicenses(metafile: Metafile): Promise<void> {
  await writeFile(join(dist, "THIRD-PARTY-LICENSES"), await licensesOf(metafile));
}

/** Returns the licenses of all packages in esbuild's outputs. A package without a license fails the build. */
export async function licensesOf(metafile: Metafile): Promise<string> {
  const sections: string[] = [];
  for (const directory of bundledPackages(metafile)) {
    const { name, version, license } = readManifest(join(root, directory));
    sections.push(`${name} ${version} (${license ?? "see below"})\n\n${(await licenseText(directory)).trim()}\n`);
  }
  // undici contains llhttp, compiled to WebAssembly, without its license.
  const llhttp = await readFile(join(root, "tools/build/llhttp-license.txt"), "utf8");
  sections.push(`llhttp, as compiled into undici (MIT)\n\n${llhttp.trim()}\n`);
  const title = "Gatewright's distribution contains code of these packages:\n";
  return [title, ...sections].join(`\n${"-".repeat(80)}\n\n`);
}

function bundledPackages(metafile: Metafile): string[] {
  const directories = new Set<string>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const directory = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (directory !== undefined && bytesInOutput > 0) directories.add(directory);
    }
  }
  return [...directories].sort();
}

async function licenseText(directory: string): Promise<string> {
  const file = (await readdir(join(root, directory))).find((name) => /^((un)?licen[cs]e|copying)/i.test(name));
  if (file === undefined) throw new Error(`${directory} is bundled but has no license file`);
  return readFile(join(root, directory, file), "utf8");
}
