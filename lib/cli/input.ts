import type { Construct } from "constructs";
import type { KeyPairFiles } from "../../proxy/sources/key-pair-files.ts";
import { openSources, type Sources } from "../../proxy/sources/open.ts";
import type { Finding } from "../api/finding.ts";
import type { Channel } from "../api/index.ts";
import { type Loaded, load, type SourceContent } from "../api/load.ts";
import { locateFindings } from "../api/parse/locate.ts";
import { objectsOf } from "../targets/objects.ts";
import { withProgress } from "./report/progress.ts";
import type { Terminal } from "./terminal.ts";

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
  { channel, filters }: { readonly channel: Channel; readonly filters: readonly string[] },
): Promise<Input> {
  const sources = await openInput(terminal, names, filters);
  const loaded = load(sources.current(), { channel });
  return { loaded, locate: (findings) => locateFindings(findings, loaded.texts) };
}

/** Reads the SOURCE arguments once, each as it is, for whoever puts them together with something else. */
export async function openContents(
  terminal: Terminal,
  names: readonly string[],
  filters: readonly string[],
): Promise<{ readonly contents: readonly SourceContent[]; locate(findings: readonly Finding[]): Finding[] }> {
  const contents = (await openInput(terminal, names, filters)).current();
  const texts = new Map(contents.flatMap((content) => [...(content.texts ?? [])]));
  return { contents, locate: (findings) => locateFindings(findings, texts) };
}

/** Opens the SOURCE arguments, the modules of `--filters` and the files of `--certificate`, to be read and watched. */
export function openInput(
  terminal: Terminal,
  names: readonly string[],
  filters: readonly string[],
  keyPairs: readonly KeyPairFiles[] = [],
): Promise<Sources> {
  const open = () => openSources<Construct>(names, { objectsOf, stdin: terminal.stdin, filters, keyPairs });
  return withProgress(terminal, `reading ${names.join(", ")}`, open);
}
