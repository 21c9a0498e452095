import { mkdir } from "node:fs/promises";
import type { Declared } from "../api/declared.ts";
import { emit, emitFiles } from "../targets/yaml.ts";
import { writeFiles } from "./output-files.ts";
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
  await writeFiles(
    directory,
    emitFiles(declared).map(({ name, text }) => ({ path: name, text })),
  );
}
