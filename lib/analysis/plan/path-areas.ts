import type { HostPaths } from "../../routing/index/model.ts";
import { PrefixTable } from "../../routing/index/prefixes.ts";

/** A set of paths that every configuration of a host treats alike, apart from regular expressions. */
export interface PathArea {
  readonly type: "Exact" | "PathPrefix";
  /** The exact path, or a prefix without trailing slash, which covers the paths below it that no other area has. */
  readonly path: string;
  /** A path in the area. */
  readonly sample: string;
}

/** The division of all paths of a host by the paths that its configurations name. */
export class PathAreas {
  readonly all: readonly PathArea[];
  readonly #exact = new Set<string>();
  readonly #prefixes: PrefixTable<string>;

  constructor(hosts: readonly HostPaths[]) {
    const prefixes = new Set([""]);
    for (const { exact, prefixes: table } of hosts) {
      for (const path of exact.keys()) this.#exact.add(path);
      for (const { candidates } of table.values()) prefixes.add(candidates[0]?.conditions.path ?? "");
    }
    this.#prefixes = new PrefixTable(Array.from(prefixes, (prefix) => [prefix, prefix] as const));
    this.all = [
      ...Array.from(this.#exact, (path) => ({ type: "Exact", path, sample: path }) as const),
      ...Array.from(prefixes, (path) => ({ type: "PathPrefix", path, sample: this.#sampleOf(path) }) as const),
    ];
  }

  /** Returns true if a path is in an area. */
  has({ type, path }: PathArea, of: string): boolean {
    if (type === "Exact") return of === path;
    return !this.#exact.has(of) && this.#prefixes.find(of)?.value === path;
  }

  /** Returns the prefix itself, or a path below it if the prefix has an area of its own. */
  #sampleOf(prefix: string): string {
    const own = prefix === "" ? "/" : prefix;
    if (!this.#exact.has(own)) return own;
    for (let i = 0; ; i++) {
      const path = `${prefix}/${i === 0 ? "any" : `any${i}`}`;
      if (!this.#exact.has(path) && this.#prefixes.find(path)?.value === prefix) return path;
    }
  }
}
