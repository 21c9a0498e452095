import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Construct } from "constructs";
import type { KeyPairFiles } from "../../proxy/sources/key-pair-files.ts";
import { openSources, type Sources } from "../../proxy/sources/open.ts";
import { type SettingsFile, settingsName } from "../../proxy/sources/settings.ts";
import { type Loaded, load, type SourceContent } from "../api/load/load.ts";
import { locateFindings } from "../api/parse/locate.ts";
import { objectsOf } from "../engines/objects.ts";
import type { Finding } from "../findings/finding.ts";
import type { SourceOptions } from "./context.ts";
import { withProgress } from "./report/progress.ts";
import { type Terminal, UsageError } from "./report/terminal.ts";

/** The options for reading the SOURCE arguments. */
export type ReadingOptions = Pick<SourceOptions, "filters" | "ignorePath" | "ignore" | "config">;

/** The content of the SOURCE arguments. */
export interface CommandInput {
  readonly loaded: Loaded;
  /** Adds line and column to findings of later stages. */
  locate(findings: readonly Finding[]): Finding[];
}

/** Reads the SOURCE arguments once. Their problems are among the findings. */
export async function readSources(
  terminal: Terminal,
  names: readonly string[],
  options: ReadingOptions & Pick<SourceOptions, "channel">,
): Promise<CommandInput> {
  const sources = await openInput(terminal, names, options);
  const loaded = load(sources.current(), options);
  return { loaded, locate: (findings) => locateFindings(findings, loaded.texts) };
}

/** Reads the SOURCE arguments once without merging them, for callers that combine them with other objects. */
export async function openContents(
  terminal: Terminal,
  names: readonly string[],
  options: ReadingOptions,
): Promise<{ readonly contents: readonly SourceContent[]; locate(findings: readonly Finding[]): Finding[] }> {
  const contents = (await openInput(terminal, names, options)).current();
  const texts = new Map(contents.flatMap((content) => [...(content.texts ?? [])]));
  return { contents, locate: (findings) => locateFindings(findings, texts) };
}

/** Opens the SOURCE arguments, the modules of `--filters` and the files of `--certificate`, to read and watch them. */
export async function openInput(
  terminal: Terminal,
  names: readonly string[],
  { filters, ignorePath, ignore, config }: ReadingOptions,
  keyPairs: readonly KeyPairFiles[] = [],
): Promise<Sources> {
  if (names.includes(""))
    throw new UsageError("a SOURCE is empty text; name a file, a directory of files or a module, or - for stdin");
  const options = {
    objectsOf,
    stdin: terminal.stdin,
    filters,
    keyPairs,
    ignorePaths: ignorePath,
    ignores: ignore,
    settings: await settingsFiles(names, config),
  };
  const open = () => openSources<Construct>(names, options);
  return withProgress(terminal, `reading ${names.join(", ")}`, open);
}

/** Returns the settings files beside the sources and in the working directory, and the one that `--config` names. */
async function settingsFiles(names: readonly string[], config: string | undefined): Promise<SettingsFile[]> {
  const directories = names
    .filter((name) => name !== "-")
    .map(async (name) => {
      const isDirectory = await stat(name).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      return isDirectory ? name : dirname(name);
    });
  const paths = new Map([".", ...(await Promise.all(directories))].map((directory) => [resolve(directory), directory]));
  const beside = [...paths.values()].map((directory) => ({ path: join(directory, settingsName), required: false }));
  return config === undefined ? beside : [...beside, { path: config, required: true }];
}
