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

/** What stands where the command has to write cannot be written: exit code 1. */
export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(path: string, reason: string, fix: string) {
    super(`${path} cannot be written: ${reason}. ${fix}`);
  }
}

/** Writes files into `directory`, which is made if it is not there. */
export async function writeFiles(directory: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(directory, path);
    await makeDirectories(dirname(file));
    await writeRegularFile(file, text);
  }
}

/**
 * Makes a directory, and those that it lies in. One by one: Node.js' own recursive mkdir does not come back where a
 * directory exists and nothing can be made in it, such as /proc.
 *
 * @throws OutputError where something else than a directory is in the way.
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
      // Another process may have made it meanwhile.
      if (code === "EEXIST" && (await stat(path)).isDirectory()) continue;
      // The directory that it would lie in is there: its file system, such as /proc, takes no new ones.
      const reason = code === "ENOENT" ? "nothing can be made in the directory that it lies in" : reasonOf(error);
      throw new OutputError(path, reason, "Name a directory that can be written.");
    }
  }
}

/** The open of a pipe would wait for a reader, and a device would take anything. */
async function writeRegularFile(file: string, text: string): Promise<void> {
  const stats = await stat(file).catch(unlessMissing);
  if (stats !== undefined && !stats.isFile())
    throw new OutputError(file, `it is ${kindOf(stats)}`, "Remove it, or write into another directory.");
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;
  const handle = await open(file, flags, 0o666);
  try {
    await handle.writeFile(text);
  } catch (error) {
    // The handle does not know the path.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  } finally {
    await handle.close();
  }
}
