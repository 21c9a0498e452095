import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { limits, mebibytes } from "../../lib/api/parse/limits.ts";
import { positionOf } from "../../lib/api/parse/problem.ts";
import type { Finding } from "../../lib/findings/finding.ts";

/** The text of a file or stream, or why there is none. */
export type TextRead =
  | { readonly text: string }
  | { readonly finding: Finding /** There is nothing to read from. */; readonly absent: boolean };

/**
 * Reads a file, a pipe or a character device as UTF-8, at most {@link limits.file} bytes of it. A file that is written
 * meanwhile is read again, so that the text is one that its writer left there. `name` is how findings call it.
 */
export async function readText(path: string, name: string): Promise<TextRead> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY);
    const stats = await handle.stat();
    if (stats.isDirectory()) return unreadable(name, "it is a directory");
    if (!stats.isFile()) return await readStream(handle.createReadStream({ autoClose: false }), name);
    return await readFile(handle, stats, name);
  } catch (error) {
    return unreadable(name, reasonOf(error));
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function readFile(handle: FileHandle, before: Stats, name: string): Promise<TextRead> {
  for (let attempt = 0; ; attempt += 1) {
    if (before.size > limits.file) return tooLarge(name, before.size);
    const bytes = Buffer.alloc(before.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const after = await handle.stat();
    const settled = after.size === before.size && after.mtimeMs === before.mtimeMs && filled === before.size;
    // A file that never rests (a log) is taken as it is.
    if (settled || attempt === 9) return decode(bytes.subarray(0, filled), name);
    before = after;
  }
}

/** Reads a stream to its end, at most {@link limits.file} bytes of it. */
export async function readStream(stream: AsyncIterable<Buffer | string>, name: string): Promise<TextRead> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > limits.file) return tooLarge(name, size);
      chunks.push(bytes);
    }
  } catch (error) {
    return unreadable(name, reasonOf(error));
  }
  return decode(Buffer.concat(chunks), name);
}

/** An error of the operating system in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return reasons.get(code ?? "") ?? message ?? String(error);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or directory"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["EACCES", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["ELOOP", "its symbolic links go round in a circle"],
  ["EISDIR", "it is a directory"],
  ["EMFILE", "too many files are open"],
  ["ENXIO", "nothing can be read from it"],
]);

/** The finding for a source, or a part of one, that cannot be read (GW1008). */
export function cannotBeRead(name: string, reason: string): Finding {
  return {
    code: "GW1008",
    severity: "error",
    message: `${name} cannot be read: ${reason}`,
    origin: { file: name },
    allowed: "a YAML or JSON file, a directory of them, a TypeScript or JavaScript module, or - for standard input",
    fix: "Check the path and its permissions.",
  };
}

function unreadable(name: string, reason: string): TextRead {
  return { finding: cannotBeRead(name, reason), absent: true };
}

function tooLarge(name: string, size: number): TextRead {
  const finding: Finding = {
    code: "GW1002",
    severity: "error",
    message: "The file is too large to be read",
    origin: { file: name },
    given: size > limits.file * 1.01 ? mebibytes(size) : `more than ${mebibytes(limits.file)}`,
    allowed: `at most ${mebibytes(limits.file)}`,
    fix: "Divide the objects over several files of one directory.",
  };
  return { finding, absent: false };
}

function decode(bytes: Buffer, name: string): TextRead {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return notUtf8(name, { line: 1, column: 1 }, "The file is encoded in UTF-16");
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    // The replacement character stands where the first invalid byte was, unless the text holds one itself before it.
    const lenient = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return notUtf8(name, positionOf(lenient, lenient.indexOf("\ufffd"), 1), "The file is not encoded in UTF-8");
  }
}

function notUtf8(name: string, place: { readonly line: number; readonly column: number }, message: string): TextRead {
  const finding: Finding = {
    code: "GW1001",
    severity: "error",
    message,
    origin: { file: name, ...place },
    allowed: "UTF-8 text",
    fix: "Save the file in UTF-8, or check that it is a manifest.",
  };
  return { finding, absent: false };
}
