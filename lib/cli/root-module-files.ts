import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { rootModules } from "../targets/terraform/root-modules.ts";
import { emptyTerraformFile, isTerraformFile, type TerraformFile } from "../targets/terraform/terraform.ts";

/**
 * Adds to the files an empty root module for each one that an earlier `synth` wrote into `directory` and that has no
 * objects now. If it stayed, it would keep deleted objects. A `main.tf.json` that somebody else wrote is left alone.
 */
export async function withEmptied(
  directory: string,
  files: readonly TerraformFile[],
): Promise<readonly TerraformFile[]> {
  const written = new Set<string>(files.map(({ path }) => path));
  const gone = rootModules.map(emptyTerraformFile).filter(({ path }) => !written.has(path));
  const before = await Promise.all(gone.map(({ path }) => textOf(join(directory, path))));
  return [...files, ...gone.filter((_, index) => isTerraformFile(before[index] ?? ""))];
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    // Only a regular file can come from an earlier synth, and reading a pipe would wait.
    return (await stat(file)).isFile() ? await readFile(file, "utf8") : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
