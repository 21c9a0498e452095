import { lstat, readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { OutputFile } from "../output-files.ts";
import { makeDirectories, writeFiles } from "../output-files.ts";
import { hashOf, readRecord, setsIn, unlessMissing, type WrittenFiles, writeRecord } from "./file-record.ts";

/** The files whose objects are gone, by outcome. */
export interface Pruned {
  readonly removed: readonly string[];
  /** Files that stay, with the reason for the user. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
  /** Files that could not be removed; the next run tries again. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Writes the files of a set, and removes those that an earlier run wrote for this set and that no longer belong to it.
 * Only unchanged regular files are removed: a file that somebody has edited, a link or a directory stays, and so does a
 * file that another set also has.
 *
 * @throws UsageError for an invalid record; nothing is written then.
 */
export async function writePruned(directory: string, set: string, files: readonly OutputFile[]): Promise<Pruned> {
  await makeDirectories(directory);
  const before = await readRecord(directory, set);
  const others = await filesOfOtherSets(directory, set);
  const now: WrittenFiles = new Map(files.map(({ path, text }) => [path, hashOf(text)]));
  // The record names old and new files before anything is written: if this process is killed, the next run knows every
  // file.
  await writeRecord(directory, set, new Map([...before, ...now]));
  await writeFiles(directory, files);
  const written = await identitiesOf(directory, [...now.keys()]);
  const removed: string[] = [];
  const kept: { name: string; why: string }[] = [];
  const failed: { name: string; why: string }[] = [];
  const record = new Map(now);
  for (const [name, hash] of before) {
    if (now.has(name) || others.has(name)) continue;
    try {
      const outcome = await remove(join(directory, name), hash, written);
      if (outcome === "removed") removed.push(name);
      else if (outcome !== "missing") kept.push({ name, why: outcome.why });
    } catch (error) {
      record.set(name, hash);
      failed.push({ name, why: (error as Error).message });
    }
  }
  await writeRecord(directory, set, record);
  return { removed, kept, failed };
}

async function filesOfOtherSets(directory: string, set: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const other of setsIn(await readdir(directory))) {
    if (other === set || other.includes("~")) continue;
    for (const name of (await readRecord(directory, other)).keys()) names.add(name);
  }
  return names;
}

/** Returns the inodes of files: on some file systems, names that differ only in case are one file. */
async function identitiesOf(directory: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set(await Promise.all(names.map(async (name) => identityOf(await lstat(join(directory, name))))));
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev} ${ino}`;
}

async function remove(
  path: string,
  hash: string,
  written: ReadonlySet<string>,
): Promise<"removed" | "missing" | { readonly why: string }> {
  const status = await lstat(path).catch(unlessMissing);
  if (status === undefined || written.has(identityOf(status))) return "missing";
  if (!status.isFile()) return { why: "it is no regular file any more" };
  if (hashOf(await readFile(path)) !== hash) return { why: "it was edited since synth wrote it" };
  await unlink(path);
  return "removed";
}
