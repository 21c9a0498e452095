import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { dist, entries, root } from "./layout.ts";

/**
 * Bundles the type declarations of the entries, so that no internal module and no zod type is part of the public API,
 * and writes them next to both formats of the JavaScript. The nearest package.json tells TypeScript which of the two
 * formats it reads.
 */
export async function buildTypes(): Promise<void> {
  const bundle = await rollup({
    input: Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, join(root, source)])),
    plugins: [
      dts({
        tsconfig: join(root, "tsconfig.json"),
        compilerOptions: { noEmit: false, incremental: false, tsBuildInfoFile: undefined, noUnusedLocals: false },
      }),
    ],
    external: (source) => !source.startsWith(".") && !source.startsWith("/"),
    onwarn: (warning) => {
      throw new Error(`Rolling up the declarations: ${warning.message}`);
    },
  });
  const esm = join(dist, "esm");
  await bundle.write({ dir: esm, format: "es", chunkFileNames: "chunks/[name].d.ts", entryFileNames: "[name].d.ts" });
  await bundle.close();
  const declarations = (await readdir(esm, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  for (const name of declarations) {
    const text = await readFile(join(esm, name), "utf8");
    const foreign = /from ['"](?!\.|(?:constructs|cdk8s|cdktf|cdktn|@pulumi\/pulumi)['"])([^'"]+)['"]/.exec(text)?.[1];
    if (foreign !== undefined) throw new Error(`dist/esm/${name} shows types of ${foreign}: name them in the library`);
    await cp(join(esm, name), join(dist, "cjs", name));
  }
}
