import { isLate } from "../declared/late.ts";

/** An object made ready for its schema: a copy of plain data, in which only late values are not. */
export interface SchemaInput {
  readonly value: unknown;
  /** Where values stand that become known only later. */
  readonly late: readonly Path[];
  /** The fields that were null and are left out. */
  readonly nulls: readonly Path[];
  /** The maps with the key `__proto__`, which stands in them under a name of its own. */
  readonly prototypeKeys: readonly PrototypeKey[];
  /** What no manifest can hold, so that there is nothing to check a schema against. */
  readonly problems: readonly SchemaProblem[];
}

export type Path = readonly (string | number)[];

/** Zod drops the key `__proto__`, which is a name like any other to the API server. */
export interface PrototypeKey {
  /** Path of the map. */
  readonly path: Path;
  /** What the key is called in the copy: as long as `__proto__`, of the same characters, and not yet in the map. */
  readonly placeholder: string;
}

export interface SchemaProblem {
  readonly code: `GW${number}`;
  readonly path: Path;
  readonly message: string;
  readonly given?: string;
  readonly fix: string;
}

/** Far above what an object of 1.5 MiB, the most that a cluster stores, would have. */
const limits = { depth: 100, items: 100_000 } as const;

/**
 * Copies an object, and drops fields that are null or undefined, as the API server does before it fills in defaults
 * (none of the fields is nullable). The server refuses unknown fields with null, so the places of nulls are kept. Objects of programs may hold anything: what JSON has no form for is a problem, and so
 * are cycles and getters that throw. Never throws.
 */
export function prepare(object: unknown): SchemaInput {
  const copy = new Copy();
  const value = copy.of(object, []);
  const { late, nulls, prototypeKeys, problems } = copy;
  return { value, late, nulls, prototypeKeys, problems };
}

class Copy {
  readonly late: Path[] = [];
  readonly nulls: Path[] = [];
  readonly prototypeKeys: PrototypeKey[] = [];
  readonly problems: SchemaProblem[] = [];
  readonly #open = new Set<object>();
  readonly #done = new Map<object, unknown>();

  of(value: unknown, path: Path): unknown {
    if (value === null || typeof value === "string" || typeof value === "boolean" || value === undefined) return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    try {
      if (isLate(value)) {
        this.late.push(path);
        return value;
      }
      return typeof value === "object" ? this.#collection(value, path) : this.#refuse(path, String(value));
    } catch (error) {
      return this.#unreadable(path, error);
    }
  }

  #collection(value: object, path: Path): unknown {
    if (this.#open.has(value) || path.length > limits.depth) {
      return this.#problem(path, "This value contains itself, or is nested too deeply.", "Write it out as plain data.");
    }
    // Shared objects are walked once, unless they hold something whose every place counts.
    const before = this.#done.get(value);
    if (before !== undefined) return before;
    this.#open.add(value);
    const places = this.#places;
    const copy = Array.isArray(value) ? this.#list(value, path) : this.#record(value, path);
    this.#open.delete(value);
    if (this.#places === places) this.#done.set(value, copy);
    return copy;
  }

  get #places(): number {
    return this.late.length + this.nulls.length + this.prototypeKeys.length;
  }

  #list(items: readonly unknown[], path: Path): unknown {
    if (items.length > limits.items) {
      const message = "The list has more items than any cluster would store.";
      return this.#problem(path, message, "Spread them over several objects.", `${items.length} items`, "GW1107");
    }
    return Array.from(items, (item, i) => this.of(item, [...path, i]) ?? null);
  }

  #record(record: object, path: Path): unknown {
    // Of another realm as well (Jest, vm), and instances of a program's own classes; not Date, Map and their like.
    const tag = Object.prototype.toString.call(record);
    if (tag !== "[object Object]") return this.#refuse(path, tag.slice("[object ".length, -1));
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(record)) {
      const below = [...path, key];
      const value = this.#member(record, key, below);
      if (value === null) this.nulls.push(below);
      else if (value !== undefined) copy[key === "__proto__" ? this.#placeholder(record, path) : key] = value;
    }
    return copy;
  }

  #placeholder(record: object, path: Path): string {
    let placeholder = "__prot0__";
    for (let i = 0; Object.hasOwn(record, placeholder); i += 1) placeholder = `__p${String(i).padStart(4, "0")}__`;
    this.prototypeKeys.push({ path, placeholder });
    return placeholder;
  }

  #member(record: object, key: string, path: Path): unknown {
    let member: unknown;
    try {
      member = (record as Readonly<Record<string, unknown>>)[key];
    } catch (error) {
      return this.#unreadable(path, error);
    }
    return this.of(member, path);
  }

  #unreadable(path: Path, error: unknown): undefined {
    const given = error instanceof Error ? error.message : undefined;
    return this.#problem(path, "To read this value throws an error.", "Write it out as plain data.", given);
  }

  #refuse(path: Path, given: string): undefined {
    const message = "No manifest can hold such a value.";
    return this.#problem(path, message, "Write a string, a finite number, true or false, a list or a mapping.", given);
  }

  #problem(
    path: Path,
    message: string,
    fix: string,
    given?: string,
    code: SchemaProblem["code"] = "GW1103",
  ): undefined {
    this.problems.push({ code, path, message, ...(given !== undefined && { given }), fix });
  }
}
