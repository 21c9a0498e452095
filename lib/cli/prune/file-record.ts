import { createHash } from "node:crypto";
import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../report/terminal.ts";

/** The files of one set that `synth --prune` wrote into a directory: the SHA-256 of each file's content by its name. */
export type WrittenFiles = ReadonlyMap<string, string>;

/**
 * The prefix of records, which are beside the files. Their names have no extension that kubectl, Argo CD or Flux reads
 * from a directory. Each set has a name of its own, so that sets which share a directory never write the same record.
 */
const prefix = ".gatewright-synth.";

/** The version of the record's format. */
const version = 1;

/** The names of files that `synth` writes. A record with any other name was not written by it. */
const fileName = /^\d{2}-[a-z0-9._-]{1,247}\.yaml$/;

export function recordName(set: string): string {
  return `${prefix}${set}`;
}

/** Returns the sets whose records are among these file names. */
export function setsIn(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

export function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** @throws UsageError for a file that is no record of this set: it cannot say which files belong to the set. */
export async function readRecord(directory: string, set: string): Promise<WrittenFiles> {
  const path = join(directory, recordName(set));
  const status = await lstat(path).catch(unlessMissing);
  if (status === undefined) return new Map();
  if (!status.isFile()) throw notOurs(path, "it is no regular file");
  const files = filesIn(await readFile(path, "utf8"), set);
  if (typeof files === "string") throw notOurs(path, files);
  return files;
}

/** Replaces the record atomically: if the process is killed, the previous record stays. */
export async function writeRecord(directory: string, set: string, files: WrittenFiles): Promise<void> {
  const path = join(directory, recordName(set));
  const draft = `${path}~${process.pid}`;
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1));
  const record = { writtenBy: "gatewright synth --prune", version, set, files: Object.fromEntries(sorted) };
  try {
    await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function filesIn(text: string, set: string): WrittenFiles | string {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  const { version: found, set: named, files } = (record ?? {}) as Readonly<Record<string, unknown>>;
  if (found !== version) return `its version is ${JSON.stringify(found)}, expected ${version}`;
  if (named !== set) return `its set is ${JSON.stringify(named)}, expected ${JSON.stringify(set)}`;
  if (typeof files !== "object" || files === null || Array.isArray(files)) return "it has no files";
  for (const [name, hash] of Object.entries(files)) {
    if (!fileName.test(name)) return `it names the file ${JSON.stringify(name)}, which synth never writes`;
    if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return `it has no SHA-256 of ${name}`;
  }
  return new Map(Object.entries(files as Readonly<Record<string, string>>));
}

function notOurs(path: string, why: string): UsageError {
  return new UsageError(
    `synth: ${path} is not a record that synth --prune wrote: ${why}. Nothing was written or removed. ` +
      "Remove it to begin a new record; files that were written before then stay.",
  );
}

export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
