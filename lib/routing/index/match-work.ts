import { readParameters } from "./query.ts";

/**
 * Steps that all conditions of one request may take together. A step is an instruction of a regular expression that is
 * visited for one character, so that a request cannot keep a thread from the others for longer than some 50 ms. Ordinary
 * requests take some thousands. docs/decisions/0195-bounds-of-regular-expressions.md
 */
export const maxMatchSteps = 2_000_000;

/** A lookup of a header goes over the fields of the request and copies the value. */
const stepsOfLookup = 16;
/** Comparing and copying a text takes a small part of what an expression takes. */
const charactersOfStep = 32;

/**
 * What matching one request has taken. Steps are counted, not time, and what a cache saves counts all the same: the same
 * request has the same outcome in `simulate`, in `explain` and on the wire, whatever came before it.
 */
export class MatchWork {
  /** Steps that are left; below zero once a request has taken more than it may. */
  left = maxMatchSteps;
  #parameters: ReadonlyMap<string, string> | undefined;

  /** Makes it ready for another request. */
  reset(): void {
    this.left = maxMatchSteps;
    this.#parameters = undefined;
  }

  /** Whether the request has taken more than it may: then no condition holds any more, and nothing serves it. */
  get exhausted(): boolean {
    return this.left < 0;
  }

  /** Counts the lookup of a value with this many characters. */
  countLookup(characters: number): void {
    this.left -= stepsOfLookup + Math.floor(characters / charactersOfStep);
  }

  /** The parameters of the request's query, read once; of a repeated one the first. */
  parametersOf(query: string): ReadonlyMap<string, string> {
    this.#parameters ??= readParameters(query);
    return this.#parameters;
  }
}
