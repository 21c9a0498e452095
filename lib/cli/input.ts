import type { Construct } from "constructs";
import type { KeyPairFiles } from "../../proxy/sources/key-pair-files.ts";
import { openSources, type Sources } from "../../proxy/sources/open.ts";
import type { Finding } from "../api/finding.ts";
import { type Loaded, load, type SourceContent } from "../api/load.ts";
import { locateFindings } from "../api/parse/locate.ts";
import { objectsOf } from "../targets/objects.ts";
import type { SourceOptions } from "./context.ts";
import { withProgress } from "./report/progress.ts";
import type { Terminal } from "./terminal.ts";

/** How the SOURCE arguments are read. */
export type ReadingOptions = Pick<SourceOptions, "filters" | "ignorePath">;

/** What the SOURCE arguments hold. */
export interface Input {
  readonly loaded: Loaded;
  /** Puts line and column on findings that later stages made. */
  locate(findings: readonly Finding[]): Finding[];
}

/** Reads the SOURCE arguments once. What is wrong with them is among the findings. */
export async function readSources(
  terminal: Terminal,
  names: readonly string[],
  options: ReadingOptions & Pick<SourceOptions, "channel">,
): Promise<Input> {
  const sources = await openInput(terminal, names, options);
  const loaded = load(sources.current(), options);
  return { loaded, locate: (findings) => locateFindings(findings, loaded.texts) };
}

/** Reads the SOURCE arguments once, each as it is, for whoever puts them together with something else. */
export async function openContents(
  terminal: Terminal,
  names: readonly string[],
  options: ReadingOptions,
): Promise<{ readonly contents: readonly SourceContent[]; locate(findings: readonly Finding[]): Finding[] }> {
  const contents = (await openInput(terminal, names, options)).current();
  const texts = new Map(contents.flatMap((content) => [...(content.texts ?? [])]));
  return { contents, locate: (findings) => locateFindings(findings, texts) };
}

/** Opens the SOURCE arguments, the modules of `--filters` and the files of `--certificate`, to be read and watched. */
export function openInput(
  terminal: Terminal,
  names: readonly string[],
  { filters, ignorePath }: ReadingOptions,
  keyPairs: readonly KeyPairFiles[] = [],
): Promise<Sources> {
  const options = { objectsOf, stdin: terminal.stdin, filters, keyPairs, ignorePaths: ignorePath };
  const open = () => openSources<Construct>(names, options);
  return withProgress(terminal, `reading ${names.join(", ")}`, open);
}
