import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Finding } from "../../lib/api/finding.ts";
import { ManifestFiles, type Manifests, manifestsOf } from "./manifests.ts";
import { cannotBeRead, readStream, readText, reasonOf, type TextRead } from "./read-text.ts";
import type { Place, Reading, Source } from "./source.ts";

/** A file of manifests, whatever its name ends in. */
export function fileSource(name: string): Source {
  const files = new ManifestFiles();
  return {
    name,
    async read() {
      const readAt = Date.now();
      const { declared, findings, text, absent, empty } = await files.read(name, name);
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
  return readOnce(name, () => readStream(stdin, name));
}

/** A pipe, such as a shell's `<(…)`, or a device: read once, since it gives what it holds only once. */
export function pipeSource(name: string): Source {
  return readOnce(name, () => readText(name, name));
}

function readOnce(name: string, readIt: () => Promise<TextRead>): Source {
  let reading: Promise<Reading> | undefined;
  const read = async (): Promise<Reading> => {
    const { declared, findings, text } = manifestsOf(await readIt(), name);
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

/**
 * Every .yaml, .yml and .json file of a directory and of the directories in it, in the order of their paths. Hidden
 * directories and node_modules are passed over; a directory that symbolic links reach twice is read once.
 */
export function directorySource(name: string): Source {
  const files = new ManifestFiles();
  return {
    name,
    async read() {
      const readAt = Date.now();
      const walk: Walk = { files: [], directories: [], findings: [], visited: new Set() };
      const absent = !(await enter(name, walk));
      const found: (Manifests & { readonly file: string })[] = [];
      for (const file of walk.files) found.push({ file, ...(await files.read(file, file)) });
      const findings = [...walk.findings, ...found.flatMap((one) => one.findings)];
      if (walk.files.length === 0 && findings.length === 0) findings.push(noManifests(name));
      return {
        content: { name, declared: found.flatMap((one) => one.declared), findings, texts: textsOf(found) },
        absent,
        present: found.filter((one) => !one.absent && !one.empty).map(({ file }) => file),
        places: [...walk.directories.map((directory) => ({ directory })), ...(await placesOf(name))],
        readAt,
      };
    },
  };
}

function textsOf(files: readonly { readonly file: string; readonly text?: string | undefined }[]) {
  return new Map(files.flatMap(({ file, text }) => (text === undefined ? [] : [[file, text] as const])));
}

interface Walk {
  readonly files: string[];
  readonly directories: string[];
  readonly findings: Finding[];
  readonly visited: Set<string>;
}

/** False when the directory itself cannot be read. */
async function enter(directory: string, walk: Walk): Promise<boolean> {
  try {
    const real = await realpath(directory);
    if (walk.visited.has(real)) return true;
    walk.visited.add(real);
    const names = await readdir(directory);
    walk.directories.push(directory);
    for (const name of names.sort()) await visit(join(directory, name), name, walk);
    return true;
  } catch (error) {
    walk.findings.push(cannotBeRead(directory, reasonOf(error)));
    return false;
  }
}

async function visit(path: string, name: string, walk: Walk): Promise<void> {
  if (name.startsWith(".") || name === "node_modules") return;
  const isManifest = manifestName.test(name);
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) await enter(path, walk);
    else if (isManifest) walk.files.push(path);
  } catch (error) {
    // A dangling link, or a circle of links, matters only if it would have been read.
    if (isManifest) walk.findings.push(cannotBeRead(path, reasonOf(error)));
  }
}

const manifestName = /\.(?:ya?ml|json)$/i;

function noManifests(name: string): Finding {
  return {
    ...cannotBeRead(name, "the directory holds no manifests"),
    allowed: "files whose names end in .yaml, .yml or .json",
    fix: "Name the directory that holds the manifests, or a single file.",
  };
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
