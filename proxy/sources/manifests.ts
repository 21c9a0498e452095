import type { Declared } from "../../lib/api/declared/declared.ts";
import { parseDocuments } from "../../lib/api/parse/documents.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { readText, type TextRead } from "./read-text.ts";

/** The content of one file or stream of manifests. */
export interface Manifests {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
  readonly text?: string;
  /** The file does not exist, or may not be read. */
  readonly absent: boolean;
  /** The file is empty, as it is for a moment between truncation and writing. */
  readonly empty: boolean;
}

/** Reads manifest files, and parses each version of a file once. */
export class ManifestFiles {
  readonly #parsed = new Map<string, Manifests>();

  /** @param name the name of the file in origins and findings. */
  async read(path: string, name: string): Promise<Manifests> {
    const read = await readText(path, name);
    const known = this.#parsed.get(path);
    if (known !== undefined && "text" in read && known.text === read.text) return known;
    const manifests = manifestsOf(read, name);
    this.#parsed.set(path, manifests);
    return manifests;
  }
}

/** Parses a text that has been read, or returns the finding of the failed read. */
export function manifestsOf(read: TextRead, name: string): Manifests {
  if (!("text" in read)) return { declared: [], findings: [read.finding], absent: read.absent, empty: false };
  const { text } = read;
  return { ...parseDocuments(text, name), text, absent: false, empty: text.trim() === "" };
}
