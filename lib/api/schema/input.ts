import { isLate } from "../declared/late.ts";

/** An object prepared for validation: a copy that is plain data except for late values. */
export interface SchemaInput {
  readonly value: unknown;
  /** The paths of late values. */
  readonly late: readonly Path[];
  /** The paths of null fields, which the copy omits. */
  readonly nulls: readonly Path[];
  /** The maps with a key `__proto__`, which has another name in the copy. */
  readonly prototypeKeys: readonly PrototypeKey[];
  /** Values that no manifest can contain. If there are any, the object cannot be validated against a schema. */
  readonly problems: readonly SchemaProblem[];
}

export type Path = readonly (string | number)[];

/** A key `__proto__`. Zod drops it, while the API server treats it as an ordinary name. */
export interface PrototypeKey {
  /** The path of the map. */
  readonly path: Path;
  /** The key's name in the copy: as long as `__proto__`, of the same kind of characters, and new in the map. */
  readonly placeholder: string;
}

export interface SchemaProblem {
  readonly code: `GW${number}`;
  readonly path: Path;
  readonly message: string;
  readonly given?: string;
  readonly fix: string;
}

/** The limits are far above those of an object of 1.5 MiB, the most that a cluster stores. */
const limits = { depth: 100, items: 100_000 } as const;

/**
 * Copies an object without its null and undefined fields, as the API server does before it sets defaults (no field is
 * nullable). The paths of nulls are kept, because the server rejects unknown fields even if they are null. Objects of
 * programs may contain anything: values without a JSON form, cycles and getters that throw are problems. Never throws.
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
    // A shared object is copied once, unless it contains something whose every path must be recorded.
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
    // The tag also accepts objects of other realms (Jest, vm) and of the program's own classes, but not Date or Map.
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
