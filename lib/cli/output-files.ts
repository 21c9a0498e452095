import { constants } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { kindOf, reasonOf } from "../../proxy/sources/read-text.ts";
import { unlessMissing } from "./prune/file-record.ts";

/** A file to write below the directory that the user names. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** An output path cannot be written, because of what is there: exit code 1. */
export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(path: string, reason: string, fix: string) {
    super(`${path} cannot be written: ${reason}. ${fix}`);
  }
}

/** Writes files into `directory`, which is created if it is missing. */
export async function writeFiles(directory: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(directory, path);
    await makeDirectories(dirname(file));
    await writeRegularFile(file, text);
  }
}

/**
 * Creates a directory and its missing parents one by one: the recursive mkdir of Node.js does not return if a parent
 * exists in which no directory can be created, such as /proc.
 *
 * @throws OutputError if something other than a directory is in the way.
 */
export async function makeDirectories(directory: string): Promise<void> {
  const missing: string[] = [];
  for (let path = resolve(directory); ; path = dirname(path)) {
    const stats = await stat(path).catch(unlessMissing);
    if (stats?.isDirectory() || path === dirname(path)) break;
    if (stats !== undefined) throw new OutputError(path, `it is ${kindOf(stats)}`, "Name a directory.");
    missing.unshift(path);
  }
  for (const path of missing) {
    try {
      await mkdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Another process may have created it meanwhile.
      if (code === "EEXIST" && (await stat(path)).isDirectory()) continue;
      // The parent exists, but its file system, such as /proc, accepts no new directories.
      const reason = code === "ENOENT" ? "nothing can be made in the directory that it lies in" : reasonOf(error);
      throw new OutputError(path, reason, "Name a directory that can be written.");
    }
  }
}

/** Writes a regular file. Opening a pipe would wait for a reader, and a device would accept any data. */
async function writeRegularFile(file: string, text: string): Promise<void> {
  const stats = await stat(file).catch(unlessMissing);
  if (stats !== undefined && !stats.isFile())
    throw new OutputError(file, `it is ${kindOf(stats)}`, "Remove it, or write into another directory.");
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;
  const handle = await open(file, flags, 0o666);
  try {
    await handle.writeFile(text);
  } catch (error) {
    // Errors of the handle lack the path.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  } finally {
    await handle.close();
  }
}
