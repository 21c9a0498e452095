import { fstatSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { chartOfPath } from "./chart-of-file.ts";
import { namedFile } from "./foreign-files.ts";
import { ManifestFiles, manifestsOf } from "./manifests.ts";
import { cannotBeRead, readStream, readText, type TextRead } from "./read-text.ts";
import type { Reading, Source, SourceLocation } from "./source.ts";

/** Reads a file of manifests; the extension of its name does not matter. */
export function fileSource(name: string): Source {
  const files = new ManifestFiles();
  return {
    name,
    async read() {
      const readAt = Date.now();
      const read = namedFile(name, await files.read(name, name), await chartOfPath(name));
      const { declared, findings, text, absent, empty } = read;
      return {
        content: { name, declared, findings, texts: textsOf([{ file: name, text }]) },
        absent,
        present: absent || empty ? [] : [name],
        places: await placesOf(name),
        readAt,
      };
    },
  };
}

/** Standard input is read once, to its end. */
export function standardInput(name: string, stdin: AsyncIterable<Buffer | string>): Source {
  return readOnce(name, async () =>
    isDirectory(stdin) ? { finding: cannotBeRead(name, "it is a directory"), absent: true } : readStream(stdin, name),
  );
}

/** Returns whether standard input is a directory, in whose place Node.js has an empty stream. */
function isDirectory(stdin: AsyncIterable<Buffer | string>): boolean {
  try {
    return stdin === process.stdin && fstatSync(0).isDirectory();
  } catch {
    return false;
  }
}

/** Reads a pipe, such as a shell's `<(…)`, or a character device, once: it yields its content only once. */
export function pipeSource(name: string): Source {
  return readOnce(name, () => readText(name, name, { streams: true }));
}

function readOnce(name: string, readIt: () => Promise<TextRead>): Source {
  let reading: Promise<Reading> | undefined;
  const read = async (): Promise<Reading> => {
    const { declared, findings, text } = namedFile(name, manifestsOf(await readIt(), name), undefined);
    const content = { name, declared, findings, texts: textsOf([{ file: name, text }]) };
    return { content, absent: false, present: [], places: [], readAt: Date.now() };
  };
  return {
    name,
    read() {
      reading ??= read();
      return reading;
    },
  };
}

export function textsOf(files: readonly { readonly file: string; readonly text?: string | undefined }[]) {
  return new Map(files.flatMap(({ file, text }) => (text === undefined ? [] : [[file, text] as const])));
}

/**
 * Returns the directories to watch for a path: the directory of the entry itself and, if the entry is a link, that of
 * its target. An editor that saves by renaming replaces the entry, and the kubelet updates a mounted ConfigMap by
 * replacing a link (`..data`) on the path.
 */
export async function placesOf(path: string): Promise<SourceLocation[]> {
  const own = { directory: dirname(path), names: [basename(path), "..data"] };
  try {
    const real = await realpath(path);
    return [own, { directory: dirname(real), names: [basename(real)] }];
  } catch {
    // The file is missing or its link dangles. The directory of the entry shows when it comes back.
    return [own];
  }
}
