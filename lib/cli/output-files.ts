import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file to write below the directory that the user names. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** Writes files into `directory`, which is created if it is missing. */
export async function writeFiles(directory: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}
