import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildJavaScript } from "./javascript.ts";
import { command, dist, entries, root } from "./layout.ts";
import { writeLicenses } from "./licenses.ts";
import { isCurrent, markCurrent, sourceHash } from "./stamp.ts";
import { buildTypes } from "./types.ts";

/** Builds dist. Unless `always` is set, does nothing if dist was built from the current sources. */
export async function buildPackage(options: { readonly always: boolean }): Promise<void> {
  const hash = sourceHash();
  if (!options.always && isCurrent(hash)) return;
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, "cjs"), { recursive: true });
  const metafile = await buildJavaScript();
  await Promise.all([buildTypes(), writeLicenses(metafile), writeSubpaths()]);
  await chmod(join(dist, "esm", `${command.name}.js`), 0o755);
  markCurrent(hash);
}

/** Writes directories for resolvers that ignore `exports`: TypeScript's classic one, and Jest before version 28. */
async function writeSubpaths(): Promise<void> {
  for (const name of Object.keys(entries).filter((entry) => entry !== "index")) {
    await mkdir(join(root, name), { recursive: true });
    const paths = {
      main: `../dist/cjs/${name}.js`,
      module: `../dist/esm/${name}.js`,
      types: `../dist/cjs/${name}.d.ts`,
    };
    await writeFile(join(root, name, "package.json"), `${JSON.stringify(paths, undefined, 2)}\n`);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "if-needed": { type: "boolean", default: false } } });
  await buildPackage({ always: !values["if-needed"] });
}
