import { readParameters } from "./query.ts";

/**
 * Limit of steps for all conditions of one request together. A step is one instruction of a regular expression visited
 * for one character. The limit keeps one request from blocking a thread for longer than about 50 ms. Ordinary requests
 * take a few thousand steps. docs/decisions/0195-bounds-of-regular-expressions.md has the reasons.
 */
export const maxMatchSteps = 2_000_000;

/** A header lookup scans the fields of the request and copies the value. */
const stepsOfLookup = 16;
/** Comparing and copying a text costs a small fraction of matching it with an expression. */
const charactersOfStep = 32;

/**
 * The work done to match one request. It counts steps instead of time, and counts steps that a cache saved, so that a
 * request has the same outcome in `simulate`, in `explain` and in the proxy, whatever was matched before it.
 */
export class MatchWork {
  /** Remaining steps. Below zero once the request has exceeded its limit. */
  left = maxMatchSteps;
  #parameters: ReadonlyMap<string, string> | undefined;

  /** Resets the counter for another request. */
  reset(): void {
    this.left = maxMatchSteps;
    this.#parameters = undefined;
  }

  /** True if the request has exceeded its limit. No condition is met then, and no rule serves the request. */
  get exhausted(): boolean {
    return this.left < 0;
  }

  /** Counts the lookup of a value with this number of characters. */
  countLookup(characters: number): void {
    this.left -= stepsOfLookup + Math.floor(characters / charactersOfStep);
  }

  /** Returns the parameters of the request's query, parsed once. For a repeated parameter the first value counts. */
  parametersOf(query: string): ReadonlyMap<string, string> {
    this.#parameters ??= readParameters(query);
    return this.#parameters;
  }
}
