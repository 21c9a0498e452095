import type { Random } from "./random.ts";

/** A parser, and what must hold of it whatever it reads. */
export interface FuzzTarget {
  /** The name of its corpus: a folder of `test/hostile/fuzz/corpus`. */
  readonly name: string;
  /** What must hold, in a sentence. */
  readonly holds: string;
  /** What this parser trips over; mutations put it in anywhere. */
  readonly tokens: readonly string[];
  /** Inputs to start from besides the corpus, that are made when the tests run. */
  readonly seeds?: () => Promise<readonly Buffer[]>;
  /**
   * Reads one input and throws if something does not hold.
   *
   * @returns the kind of outcome, in a few words. An input with a kind that no other has had is mutated further.
   */
  readonly check: (input: Buffer, random: Random) => string | Promise<string>;
}

/** An outcome in a few words: what differs between inputs of one kind is left out. */
export function kindOf(...parts: readonly unknown[]): string {
  const text = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
  return text
    .replace(/"[^"]*"/g, '""')
    .replace(/\d{3,}/g, "0")
    .slice(0, 80);
}

/** A number without its size: inputs with 5 and with 6 of something are alike, those with 5 and with 50 are not. */
export function magnitude(count: number): number {
  return count === 0 ? 0 : 1 + Math.floor(Math.log2(count) / 2);
}
