import { join } from "node:path";
import type { Declared } from "../api/declared/declared.ts";
import { text } from "../printing/text.ts";
import { emitFiles, emitStream } from "../targets/yaml.ts";
import { makeDirectories, type OutputFile, writeFiles } from "./output-files.ts";
import { writePruned } from "./prune/write-pruned.ts";
import type { ExitCode, Terminal } from "./report/terminal.ts";

/** Writes one stream to stdout, or one file for each object into `directory`, which is created if it is missing. */
export async function writeManifests(
  terminal: Terminal,
  declared: readonly Declared[],
  directory?: string,
): Promise<void> {
  if (directory === undefined) {
    terminal.stdout.write(emitStream(declared));
    return;
  }
  await makeDirectories(directory);
  await writeFiles(directory, outputFiles(declared));
}

/** Works like `writeManifests`, but also removes the files of this set whose objects are gone. Reports on stderr. */
export async function writePrunedManifests(
  { stderr }: Terminal,
  declared: readonly Declared[],
  directory: string,
  set: string,
): Promise<ExitCode> {
  const { removed, kept, failed } = await writePruned(directory, set, outputFiles(declared));
  for (const name of removed) stderr.write(text`removed ${join(directory, name)}\n`);
  for (const { name, why } of kept) {
    stderr.write(text`kept ${join(directory, name)}: its object is gone, but ${why}. Remove it if it is not needed.\n`);
  }
  for (const { name, why } of failed) stderr.write(text`error: ${join(directory, name)} was not removed: ${why}\n`);
  return failed.length > 0 ? 1 : 0;
}

function outputFiles(declared: readonly Declared[]): readonly OutputFile[] {
  return emitFiles(declared).map(({ name, text }) => ({ path: name, text }));
}
