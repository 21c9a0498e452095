import { isLate } from "../late.ts";

/** An object made ready for its schema: a copy of plain data, in which only late values are not. */
export interface Input {
  readonly value: unknown;
  /** Where values stand that become known only later. */
  readonly late: readonly Path[];
  /** What no manifest can hold, so that there is nothing to check a schema against. */
  readonly problems: readonly Problem[];
}

export type Path = readonly (string | number)[];

export interface Problem {
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
 * (none of the fields is nullable). Objects of programs may hold anything: what JSON has no form for is a problem, and so
 * are cycles and getters that throw. Never throws.
 */
export function prepare(object: unknown): Input {
  const copy = new Copy();
  const value = copy.of(object, []);
  return { value, late: copy.late, problems: copy.problems };
}

class Copy {
  readonly late: Path[] = [];
  readonly problems: Problem[] = [];
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
    // Shared objects are walked once, unless they hold late values, whose every place counts.
    const before = this.#done.get(value);
    if (before !== undefined) return before;
    this.#open.add(value);
    const late = this.late.length;
    const copy = Array.isArray(value) ? this.#list(value, path) : this.#record(value, path);
    this.#open.delete(value);
    if (this.late.length === late) this.#done.set(value, copy);
    return copy;
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
      if (key === "__proto__") {
        this.#problem(below, "There is no field __proto__ here.", "Remove it.", undefined, "GW1101");
        continue;
      }
      const value = this.#member(record, key, below);
      if (value !== null && value !== undefined) copy[key] = value;
    }
    return copy;
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

  #problem(path: Path, message: string, fix: string, given?: string, code: Problem["code"] = "GW1103"): undefined {
    this.problems.push({ code, path, message, ...(given !== undefined && { given }), fix });
  }
}
