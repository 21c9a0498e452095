import { fstatSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { chartOfPath } from "./chart-of-file.ts";
import { namedFile } from "./foreign-files.ts";
import { ManifestFiles, manifestsOf } from "./manifests.ts";
import { cannotBeRead, readStream, readText, type TextRead } from "./read-text.ts";
import type { Place, Reading, Source } from "./source.ts";

/** A file of manifests, whatever its name ends in. */
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

/** Standard input: read once, to its end. */
export function standardInput(name: string, stdin: AsyncIterable<Buffer | string>): Source {
  return readOnce(name, async () =>
    isDirectory(stdin) ? { finding: cannotBeRead(name, "it is a directory"), absent: true } : readStream(stdin, name),
  );
}

/** Node.js has a stream without content in the place of a standard input that it cannot read, such as a directory. */
function isDirectory(stdin: AsyncIterable<Buffer | string>): boolean {
  try {
    return stdin === process.stdin && fstatSync(0).isDirectory();
  } catch {
    return false;
  }
}

/** A pipe, such as a shell's `<(…)`, or a character device: read once, since it gives what it holds only once. */
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
 * The directories in which the path's own entry, and that of what it links to, stand: an editor that saves by renaming
 * replaces the entry, and a mounted ConfigMap changes a link (`..data`) on the way.
 */
export async function placesOf(path: string): Promise<Place[]> {
  const own = { directory: dirname(path), names: [basename(path), "..data"] };
  try {
    const real = await realpath(path);
    return [own, { directory: dirname(real), names: [basename(real)] }];
  } catch {
    // It may come back; its own directory tells.
    return [own];
  }
}
