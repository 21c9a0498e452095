import { globSync, readFileSync } from "node:fs";
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

/** The files with a room's table of codes: an exported constant whose name ends in `Codes`. */
export function catalogFiles(): string[] {
  const isCatalog = (file: string) => /^export const \w+Codes\b/m.test(readFileSync(join(root, file), "utf8"));
  return globSync("{lib,proxy}/**/*.ts", { cwd: root }).filter(isCatalog).sort();
}

/** Every code of every room's table, in ascending order. Throws if two rooms claim one code. */
export async function readCatalog(): Promise<Catalog> {
  const entries: [Code, CatalogEntry][] = [];
  for (const file of catalogFiles()) {
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
