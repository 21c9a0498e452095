import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Declared } from "../api/declared.ts";
import { emit, emitFiles } from "../targets/yaml.ts";
import type { Terminal } from "./terminal.ts";

/** Writes one stream to stdout, or one file for each object into `directory`, which is made if it is not there. */
export async function writeManifests(
  terminal: Terminal,
  declared: readonly Declared[],
  directory?: string,
): Promise<void> {
  if (directory === undefined) {
    terminal.stdout.write(emit(declared));
    return;
  }
  await mkdir(directory, { recursive: true });
  for (const { name, text } of emitFiles(declared)) await writeFile(join(directory, name), text);
}
