import type { Random } from "./random.ts";

/** A parser, and the requirements that hold for every input. */
export interface FuzzTarget {
  /** The name of its corpus, a folder of `test/hostile/fuzz/corpus`. */
  readonly name: string;
  /** The requirement in one sentence. */
  readonly holds: string;
  /** Tokens that are hard for this parser; mutations insert them anywhere. */
  readonly tokens: readonly string[];
  /** Further initial inputs, generated when the tests run. */
  readonly seeds?: () => Promise<readonly Buffer[]>;
  /**
   * Reads one input and throws if a requirement is violated.
   *
   * @returns the kind of outcome in a few words. An input with a new kind is mutated further.
   */
  readonly check: (input: Buffer, random: Random) => string | Promise<string>;
}

/** Describes an outcome in a few words, without the parts that differ between inputs of one kind. */
export function kindOf(...parts: readonly unknown[]): string {
  const text = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
  return text
    .replace(/"[^"]*"/g, '""')
    .replace(/\d{3,}/g, "0")
    .slice(0, 80);
}

/** Returns the magnitude of a number: 5 and 6 give the same kind, 5 and 50 do not. */
export function magnitude(count: number): number {
  return count === 0 ? 0 : 1 + Math.floor(Math.log2(count) / 2);
}
