import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../build/layout.ts";

export type Code = `GW${number}`;

export interface CatalogEntry {
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  /** The Gateway API's condition reason. */
  readonly reason?: string;
}

export type Catalog = ReadonlyMap<Code, CatalogEntry>;

/** Every code of every room's `findings-catalog.ts`, in ascending order. Throws if two rooms claim one code. */
export async function readCatalog(): Promise<Catalog> {
  const entries: [Code, CatalogEntry][] = [];
  for (const file of globSync("{lib,proxy}/**/findings-catalog.ts", { cwd: root }).sort()) {
    const room = (await import(pathToFileURL(join(root, file)).href)) as Readonly<Record<string, unknown>>;
    for (const [name, table] of Object.entries(room)) {
      if (name.endsWith("Codes")) entries.push(...(Object.entries(table as object) as [Code, CatalogEntry][]));
    }
  }
  entries.sort(([a], [b]) => a.localeCompare(b));
  for (const [index, [code]] of entries.entries()) {
    if (entries[index + 1]?.[0] === code) throw new Error(`${code} stands in two catalogues`);
  }
  return new Map(entries);
}
