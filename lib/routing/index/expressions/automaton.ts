import type { MatchWork } from "../match-work.ts";
import { assertions, type ExpressionProgram, isWord, ops } from "./program.ts";
import { type State, StateCache } from "./states.ts";

/** The kind of character before a position, as far as assertions such as `^` and `\b` depend on it. */
export const before = { text: 0, word: 1, newline: 2, other: 3 } as const;

/** A class of more than four ranges is searched, which takes about as long as three other instructions. */
const fewRunes = 8;
const stepsOfManyRunes = 3;

/** The value that stands for the position after the last character. */
const endOfText = -1;

/**
 * Runs a program over whole texts. It simulates the nondeterministic automaton (Thompson) and caches frequent states as
 * a deterministic automaton that is built on demand. The step count bounds the time and does not depend on the cache.
 */
export class Automaton {
  readonly #program: ExpressionProgram;
  readonly #cache: StateCache;
  /** For each instruction, the number of the last walk that visited it. */
  readonly #met: Int32Array;
  readonly #queued: Int32Array;
  #walk = 0;
  /** Instructions still to visit in the current walk, and those that start the next walk. */
  readonly #stack: Int32Array;
  readonly #next: Int32Array;
  #nextLength = 0;

  constructor(program: ExpressionProgram) {
    const size = program.instructions.length;
    this.#program = program;
    this.#cache = new StateCache(program.classCount + 1);
    this.#met = new Int32Array(size);
    this.#queued = new Int32Array(size);
    // An instruction is pushed by its predecessors. Each of them is visited once and pushes at most two instructions.
    this.#stack = new Int32Array(size * 3 + 1);
    this.#next = new Int32Array(size);
  }

  /** Reports whether the program matches all of `text`. Returns false if it needs more steps than `work` has left. */
  matches(text: string, work: MatchWork): boolean {
    const { classes, classCount, asserts } = this.#program;
    this.#cache.refresh();
    let state = this.#cache.startState(this.#program.start, before.text);
    let { left } = work;
    for (let at = 0; ; ) {
      let rune = endOfText;
      let width = 0;
      if (at < text.length) {
        rune = text.charCodeAt(at);
        width = 1;
        if (rune >= 0xd800 && rune < 0xdc00) {
          rune = text.codePointAt(at) as number;
          width = rune > 0xffff ? 2 : 1;
        }
      }
      const kind = rune === endOfText ? classCount : rune < 128 ? (classes[rune] as number) : -1;
      let next = kind < 0 ? undefined : state.next[kind];
      if (next !== undefined) {
        left -= state.steps[kind] as number;
      } else {
        const steps = this.#step(state, rune);
        left -= steps;
        const behind = asserts ? kindOf(rune) : before.other;
        next = this.#cache.stateOf(this.#next.subarray(0, this.#nextLength), behind);
        if (kind >= 0) this.#cache.learn(state, kind, next, steps);
        else this.#cache.count(steps);
      }
      work.left = left;
      if (left < 0) return false;
      // At the end, the program matches if the step over the end of the text has reached its match instruction.
      if (rune === endOfText) return next.kernel.length > 0;
      if (next.kernel.length === 0) return false;
      state = next;
      at += width;
    }
  }

  /**
   * Follows all paths from a state over one character and collects the instructions that they reach. At the end of the
   * text these are the match instructions.
   *
   * @returns the number of visited instructions.
   */
  #step(state: State, rune: number): number {
    const { instructions } = this.#program;
    const [met, stack] = [this.#met, this.#stack];
    const holds = this.#program.asserts ? assertionsAt(state.before, rune) : 0;
    const walk = this.#nextWalk();
    this.#nextLength = 0;
    let depth = 0;
    let steps = 1;
    for (const first of state.kernel) {
      stack[depth++] = first;
      while (depth > 0) {
        const place = stack[--depth] as number;
        if (met[place] === walk) continue;
        met[place] = walk;
        steps++;
        const instruction = instructions[place] as ExpressionProgram["instructions"][number];
        switch (instruction.op) {
          case ops.alternative:
          case ops.alternativeMatch:
            stack[depth++] = instruction.arg;
            stack[depth++] = instruction.out;
            break;
          case ops.capture:
          case ops.none:
            stack[depth++] = instruction.out;
            break;
          case ops.assertion:
            if ((instruction.arg & ~holds) === 0) stack[depth++] = instruction.out;
            break;
          case ops.match:
            if (rune === endOfText) this.#queue(place, walk);
            break;
          case ops.runes:
            if (instruction.runes.length > fewRunes) steps += stepsOfManyRunes;
            if (rune !== endOfText && instruction.matchRune(rune)) this.#queue(instruction.out, walk);
            break;
          case ops.rune:
            if (rune === instruction.runes[0]) this.#queue(instruction.out, walk);
            break;
          case ops.anyRune:
            if (rune !== endOfText) this.#queue(instruction.out, walk);
            break;
          case ops.anyRuneButNewline:
            if (rune !== endOfText && rune !== 0x0a) this.#queue(instruction.out, walk);
            break;
        }
      }
    }
    return steps;
  }

  #nextWalk(): number {
    if (this.#walk === 0x7fffffff) {
      this.#walk = 0;
      this.#met.fill(0);
      this.#queued.fill(0);
    }
    return ++this.#walk;
  }

  #queue(place: number, walk: number): void {
    if (this.#queued[place] === walk) return;
    this.#queued[place] = walk;
    this.#next[this.#nextLength++] = place;
  }
}

function kindOf(rune: number): number {
  if (rune === 0x0a) return before.newline;
  return isWord(rune) ? before.word : before.other;
}

function assertionsAt(behind: number, rune: number): number {
  let holds = 0;
  if (behind === before.text) holds |= assertions.beginText | assertions.beginLine;
  if (behind === before.newline) holds |= assertions.beginLine;
  if (rune === endOfText) holds |= assertions.endText | assertions.endLine;
  if (rune === 0x0a) holds |= assertions.endLine;
  const boundary = (behind === before.word) !== isWord(rune);
  return holds | (boundary ? assertions.wordBoundary : assertions.noWordBoundary);
}
