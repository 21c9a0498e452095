import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Metafile, transform } from "esbuild";
import { command, dist, entries, externalPackages, root, worker } from "./layout.ts";

/** The oldest Node.js version in package.json's `engines`. */
const target = "node22.19";

/**
 * Bundles the entries, the command and its worker threads as ES modules with shared chunks, then converts the outputs
 * of the public entries to CommonJS, file by file. Both formats have the same modules, so that within a format a class
 * exists once, whichever entry a program imports it from.
 */
export async function buildJavaScript(): Promise<Metafile> {
  const esm = join(dist, "esm");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries, [command.name]: command.source, [worker.name]: worker.source },
    outdir: esm,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target,
    chunkNames: "chunks/[hash]",
    external: externalPackages().flatMap((name) => [name, `${name}/*`]),
    conditions: ["gatewright-source"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  await Promise.all(libraryOutputs(metafile).map((output) => toCommonJs(output)));
  await bringRequire(metafile);
  await writeFile(join(dist, "cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  return metafile;
}

/** Adds `require` to outputs. Bundled CommonJS packages call it for Node.js modules, and ES modules do not have it. */
async function bringRequire(metafile: Metafile): Promise<void> {
  for (const output of Object.keys(metafile.outputs)) {
    const path = join(root, output);
    const code = await readFile(path, "utf8");
    if (!/^var __require = /m.test(code)) continue;
    const lines = code.split("\n");
    const shebang = lines[0]?.startsWith("#!") ? `${lines.shift()}\n` : "";
    const header = 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n';
    await writeFile(path, shebang + header + lines.join("\n"));
  }
}

/** Returns the outputs that the public entries import. Outputs of the command alone need no CommonJS. */
function libraryOutputs(metafile: Metafile): string[] {
  const reached = new Set<string>();
  const visit = (output: string): void => {
    if (reached.has(output)) return;
    reached.add(output);
    for (const imported of metafile.outputs[output]?.imports ?? []) if (!imported.external) visit(imported.path);
  };
  const own = new Set<string>(Object.values(entries));
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined && own.has(entryPoint)) visit(output);
  }
  return [...reached];
}

async function toCommonJs(output: string): Promise<void> {
  const source = await readFile(join(root, output), "utf8");
  if (source.includes("import.meta")) throw new Error(`${output} uses import.meta, which CommonJS does not have`);
  const { code } = await transform(source, { format: "cjs", platform: "node", target, sourcefile: basename(output) });
  const path = join(root, output.replace("/esm/", "/cjs/"));
  // Jest before version 27 does not resolve Node.js modules with the `node:` prefix.
  const plain = code.replaceAll(/\brequire\("node:/g, 'require("');
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, plain);
}
