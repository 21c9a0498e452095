import { stat } from "node:fs/promises";
import type { IgnoreRule } from "../../lib/api/load/ignoring.ts";
import type { SourceContent } from "../../lib/api/load/sources.ts";
import { directorySource } from "./directory.ts";
import { fileSource, pipeSource, standardInput } from "./files.ts";
import { type KeyPairFiles, keyPairSource } from "./key-pair-files.ts";
import { filterModuleSource, moduleName, moduleSource, type ObjectsOf } from "./module.ts";
import { type SettingsFile, settingsSource } from "./settings.ts";
import type { Reading, Source } from "./source.ts";
import { type Watch, watchSources } from "./watch.ts";

export interface OpenOptions<Scope> {
  /** Runs a program; the implementation is `objectsOf` of lib/engines/objects.ts. */
  readonly objectsOf: ObjectsOf<Scope>;
  /** The stream that `-` reads. Default: the standard input of the process. */
  readonly stdin?: AsyncIterable<Buffer | string>;
  /** Modules that register filters and declare nothing; they follow the sources. Default: none. */
  readonly filters?: readonly string[];
  /** Secrets to make from PEM files; they follow the sources. Default: none. */
  readonly keyPairs?: readonly KeyPairFiles[];
  /** Patterns, as in .gitignore, of paths to skip in directories; relative to each directory. Default: none. */
  readonly ignorePaths?: readonly string[];
  /** Rules of the command line for findings to ignore. Default: none. */
  readonly ignores?: readonly IgnoreRule[];
  /** Files with settings of the project; they follow the sources. Default: none. */
  readonly settings?: readonly SettingsFile[];
}

/** The sources of one command line. */
export interface Sources {
  /** The content of each source, in the order of the arguments: as first read, or as the watch last read it. */
  current(): readonly SourceContent[];
  /**
   * Calls `onChange` with the content of all sources whenever one has changed, a few milliseconds after it was saved.
   * Changes that come together cause one call with the last state. A source that vanishes keeps its content and gains a
   * finding (GW1008) until it is back. Standard input is read once and never changes.
   */
  watch(onChange: (contents: readonly SourceContent[]) => void): Watch;
}

/**
 * Reads the SOURCE arguments of a command: files and directories of manifests, modules, `-` for standard input. Never
 * rejects because of a source: problems are findings in its content.
 */
export async function openSources<Scope>(args: readonly string[], options: OpenOptions<Scope>): Promise<Sources> {
  const declaring = await Promise.all(args.map((argument) => sourceOf(argument, options)));
  const { filters = [], keyPairs = [], settings = [] } = options;
  const sources = [
    ...declaring,
    ...settings.map(settingsSource),
    ...keyPairs.map(keyPairSource),
    ...filters.map(filterModuleSource),
  ];
  const readings: Reading[] = [];
  // Sources are read one after the other: modules share the loader's global state, and the order of output must not
  // depend on timing.
  for (const source of sources) readings.push(await source.read());
  const { ignores = [] } = options;
  const given = ignores.length === 0 ? [] : [{ name: "--ignore", declared: [], findings: [], ignores }];
  return {
    current: () => [...readings.map(({ content }) => content), ...given],
    watch: (onChange) => watchSources(sources, readings, (contents) => onChange([...contents, ...given])),
  };
}

const standardInputPaths: ReadonlySet<string> = new Set(["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

async function sourceOf<Scope>(
  argument: string,
  { objectsOf, stdin, ignorePaths }: OpenOptions<Scope>,
): Promise<Source> {
  if (argument === "-") return standardInput("-", stdin ?? process.stdin);
  // If standard input is a socket, as under some CI runners, its path cannot be opened.
  if (standardInputPaths.has(argument)) return standardInput(argument, stdin ?? process.stdin);
  const stats = await stat(argument).catch(() => undefined);
  if (stats?.isDirectory()) return directorySource(argument, ignorePaths);
  if (stats !== undefined && !stats.isFile()) return pipeSource(argument);
  return moduleName.test(argument) ? moduleSource(argument, objectsOf) : fileSource(argument);
}
