import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { limits, mebibytes } from "../../lib/api/parse/limits.ts";
import { positionOf } from "../../lib/api/parse/problem.ts";
import type { Finding } from "../../lib/findings/finding.ts";

/** The text of a file or stream, or a finding that says why it cannot be read. */
export type TextRead =
  | { readonly text: string }
  | { readonly finding: Finding /** The source does not exist or cannot be opened. */; readonly absent: boolean };

export interface ReadOptions {
  /** Reads pipes and character devices as well, such as a shell's `<(…)`. Default: regular files only. */
  readonly streams?: boolean;
  /** Milliseconds to wait for a process that writes to a pipe, and for a device's first byte. Default: 5 seconds. */
  readonly patienceMs?: number;
}

/**
 * Reads a file as UTF-8, at most {@link limits.file} bytes, to its end: its reported size may be 0 (`/proc`) or larger
 * than its content (`/sys`). A file that changes while it is read is read again, so that the text is one that its
 * writer completed. Waits only for a process that has a pipe open.
 *
 * @param name the name of the file in findings.
 */
export async function readText(path: string, name: string, options: ReadOptions = {}): Promise<TextRead> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer and block a thread of the pool.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (stats.isFile()) return await readFile(handle, stats, name, options);
    if (stats.isDirectory()) return unreadable(name, "it is a directory");
    const isStream = stats.isFIFO() || stats.isCharacterDevice();
    if (options.streams !== true || !isStream) return { finding: notAFile(name, stats), absent: true };
    const read = await readToEnd(handle, name, { ...options, isPipe: stats.isFIFO() });
    return "bytes" in read ? decode(read.bytes, name) : read;
  } catch (error) {
    return unreadable(name, reasonOf(error));
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function readFile(handle: FileHandle, before: Stats, name: string, options: ReadOptions): Promise<TextRead> {
  let former = before.size;
  for (let attempt = 0; ; attempt += 1) {
    if (before.size > limits.file) return tooLarge(name, before.size);
    const read = await readToEnd(handle, name, { ...options, start: 0 });
    if (!("bytes" in read)) return read;
    const after = await handle.stat();
    const isUnchanged = after.size === before.size && after.mtimeMs === before.mtimeMs;
    // If the reported size is wrong, a text is complete if it is read twice with the same length.
    const isWhole = read.bytes.length === before.size || read.bytes.length === former;
    // A file that keeps changing, such as a log, is taken as it is.
    if ((isUnchanged && isWhole) || attempt === 9) return decode(read.bytes, name);
    former = read.bytes.length;
    before = after;
  }
}

interface Reading extends ReadOptions {
  /** Offset to read from. Default: the handle has no offsets. */
  readonly start?: number;
  readonly isPipe?: boolean;
}

const chunkBytes = 64 * 1024;
const longestPauseMs = 20;

/** Reads a file or stream to its end, in chunks. */
async function readToEnd(
  handle: FileHandle,
  name: string,
  { start, isPipe = false, patienceMs = 5_000 }: Reading,
): Promise<TextRead | { readonly bytes: Buffer }> {
  const chunks: Buffer[] = [];
  const began = Date.now();
  let size = 0;
  let pause = 1;
  let hasWriter = false;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const count = await readChunk(handle, chunk, start === undefined ? null : start + size);
    if (count !== undefined && count > 0) {
      size += count;
      if (size > limits.file) return tooLarge(name, size);
      chunks.push(chunk.subarray(0, count));
      pause = 1;
      continue;
    }
    if (count === 0 && (!isPipe || hasWriter || size > 0)) return { bytes: Buffer.concat(chunks, size) };
    // A pipe that a process has open for writing is read for as long as it takes, as in a shell.
    hasWriter ||= isPipe && count === undefined;
    if (!hasWriter && Date.now() - began > patienceMs) {
      const silent = isPipe ? "no process writes to this pipe" : "nothing comes from this device";
      return unreadable(name, `${silent}; waited ${patienceMs / 1000} s`);
    }
    await setTimeout(pause);
    pause = Math.min(longestPauseMs, pause * 2);
  }
}

/** Reads a chunk. Undefined: no data is available yet. */
async function readChunk(handle: FileHandle, chunk: Buffer, position: number | null): Promise<number | undefined> {
  try {
    return (await handle.read(chunk, 0, chunk.length, position)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
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

/** Describes an error of the operating system in words. */
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
  ["ENXIO", "it is a socket or a device that nothing can be read from"],
  ["ENAMETOOLONG", "a name in the path is too long"],
  ["EINVAL", "it is not a file that can be read or written"],
  ["ENOSPC", "no space is left on the device"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the file system is read-only"],
  ["EFBIG", "the file would be too large for the file system"],
  ["EEXIST", "there is one already"],
  ["EIO", "the device failed"],
]);

/** Returns the finding for a source, or a part of one, that cannot be read (GW1008). */
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

/** The finding for what is neither a file nor a directory (GW1008). */
export function notAFile(name: string, stats: Stats): Finding {
  return {
    ...cannotBeRead(name, `it is ${kindOf(stats)}, not a file`),
    fix: "Name a file. A pipe can be read as a SOURCE of its own, or as standard input with -.",
  };
}

/** Describes in words what is at the path of a file. */
export function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  if (stats.isDirectory()) return "a directory";
  return stats.isFile() ? "a file" : "a device";
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
    // The replacement character marks the first invalid byte, unless the text itself contains one before it.
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
