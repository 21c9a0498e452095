import type { Declared } from "../../lib/api/declared/declared.ts";
import { parseDocuments } from "../../lib/api/parse/documents.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { readText, type TextRead } from "./read-text.ts";

/** What one file or stream of manifests holds. */
export interface Manifests {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
  readonly text?: string;
  /** There is no such file, or it may not be read. */
  readonly absent: boolean;
  /** It holds nothing, as a file does in the moment between its truncation and its writing. */
  readonly empty: boolean;
}

/** Reads manifest files, and parses each version of a file once. */
export class ManifestFiles {
  readonly #parsed = new Map<string, Manifests>();

  /** `name` is how origins and findings call the file. */
  async read(path: string, name: string): Promise<Manifests> {
    const read = await readText(path, name);
    const known = this.#parsed.get(path);
    if (known !== undefined && "text" in read && known.text === read.text) return known;
    const manifests = manifestsOf(read, name);
    this.#parsed.set(path, manifests);
    return manifests;
  }
}

/** The objects of a text that has been read, or the finding that came in its place. */
export function manifestsOf(read: TextRead, name: string): Manifests {
  if (!("text" in read)) return { declared: [], findings: [read.finding], absent: read.absent, empty: false };
  const { text } = read;
  return { ...parseDocuments(text, name), text, absent: false, empty: text.trim() === "" };
}
