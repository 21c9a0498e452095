import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../lib/findings/finding.ts";
import { chartOfPath } from "./chart-of-file.ts";
import { placesOf, textsOf } from "./files.ts";
import { divideFiles, type FileRead } from "./foreign-files.ts";
import { IgnoredPaths } from "./ignored-paths.ts";
import { ManifestFiles } from "./manifests.ts";
import { cannotBeRead, notAFile, reasonOf } from "./read-text.ts";
import type { Source } from "./source.ts";

/**
 * Reads every .yaml, .yml and .json file of a directory and of its subdirectories, in the order of their paths. Skips
 * hidden directories and node_modules, and reads a directory that symbolic links reach twice only once. Each file that
 * is no manifest, such as those of a Helm chart, gets a note.
 *
 * @param ignored patterns of paths below the directory to skip, besides those of its .gatewrightignore files.
 */
export function directorySource(name: string, ignored: readonly string[] = []): Source {
  const files = new ManifestFiles();
  return {
    name,
    async read() {
      const readAt = Date.now();
      const walk: Walk = { files: [], directories: [], findings: [], visited: new Set() };
      const absent = !(await enter({ path: name, below: "", ignored: IgnoredPaths.of(ignored) }, walk));
      const found: FileRead[] = [];
      for (const file of walk.files) found.push({ file, ...(await files.read(file, file)) });
      const { manifests, notes } = divideFiles(found, await chartOfPath(join(name, "files")));
      const findings = [...walk.findings, ...manifests.flatMap((one) => one.findings), ...notes];
      if (walk.files.length === 0 && findings.length === 0) findings.push(noManifests(name));
      return {
        content: { name, declared: manifests.flatMap((one) => one.declared), findings, texts: textsOf(found) },
        absent,
        present: found.filter((one) => !one.absent && !one.empty).map(({ file }) => file),
        places: [...walk.directories.map((directory) => ({ directory })), ...(await placesOf(name))],
        readAt,
      };
    },
  };
}

interface Walk {
  readonly files: string[];
  readonly directories: string[];
  readonly findings: Finding[];
  readonly visited: Set<string>;
}

/** A directory that the walk through a SOURCE visits. */
interface Directory {
  readonly path: string;
  /** Path below the SOURCE, with slashes; empty for the SOURCE itself. */
  readonly below: string;
  readonly ignored: IgnoredPaths;
}

/** Returns false if the directory itself cannot be read. */
async function enter({ path, below, ignored }: Directory, walk: Walk): Promise<boolean> {
  try {
    const real = await realpath(path);
    if (walk.visited.has(real)) return true;
    walk.visited.add(real);
    const names = await readdir(path);
    walk.directories.push(path);
    const within = await ignored.within(path, below);
    for (const name of names.sort()) await visit(name, { path, below, ignored: within }, walk);
    return true;
  } catch (error) {
    walk.findings.push(cannotBeRead(path, reasonOf(error)));
    return false;
  }
}

async function visit(name: string, { path: parent, below: parentBelow, ignored }: Directory, walk: Walk) {
  if (name.startsWith(".") || name === "node_modules") return;
  const path = join(parent, name);
  const below = parentBelow === "" ? name : `${parentBelow}/${name}`;
  const isManifest = manifestName.test(name);
  try {
    const stats = await stat(path);
    const isDirectory = stats.isDirectory();
    if ((!isDirectory && !isManifest) || ignored.has(below, isDirectory)) return;
    if (isDirectory) await enter({ path, below, ignored }, walk);
    else if (stats.isFile()) walk.files.push(path);
    else walk.findings.push(notAFile(path, stats));
  } catch (error) {
    // A dangling link or a cycle of links matters only if its name is that of a manifest.
    if (isManifest && !ignored.has(below, false)) walk.findings.push(cannotBeRead(path, reasonOf(error)));
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
