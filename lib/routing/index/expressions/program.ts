import type { RE2JS } from "re2js";

/** An instruction as re2js compiles it (`Prog`, `Inst`). re2js is a port of Go's `regexp/syntax`. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** For `runes`: pairs of first and last character, or one character. Copies in a repetition share the array. */
  readonly runes: Int32Array;
  matchRune(rune: number): boolean;
}

/** The operation codes of re2js. Those for look-behind are left out, because no expression here compiles to them. */
export const ops = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  assertion: 4,
  fail: 5,
  match: 6,
  none: 7,
  runes: 8,
  rune: 9,
  anyRune: 10,
  anyRuneButNewline: 11,
} as const;

/** Bits of an assertion's `arg` in re2js. */
export const assertions = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

/** A compiled regular expression: a nondeterministic automaton. */
export interface ExpressionProgram {
  readonly start: number;
  readonly instructions: readonly Instruction[];
  /** True if the program has assertions such as `^`, `$` or `\b`. */
  readonly asserts: boolean;
  /** The class of each ASCII character. Characters that no instruction distinguishes share a class. */
  readonly classes: Uint8Array;
  readonly classCount: number;
}

export function programOf(expression: RE2JS): ExpressionProgram {
  const { start, inst: instructions } = expression.re2().prog as { start: number; inst: readonly Instruction[] };
  const asserts = instructions.some(({ op }) => op === ops.assertion);
  return { start, instructions, asserts, ...asciiClasses(instructions, asserts) };
}

const asciiCount = 128;

function asciiClasses(
  instructions: readonly Instruction[],
  asserts: boolean,
): Pick<ExpressionProgram, "classes" | "classCount"> {
  // Holds 1 where a class begins.
  const begins = new Uint8Array(asciiCount + 1);
  const tellApart = (first: number, last: number) => {
    if (first >= asciiCount) return;
    begins[first] = 1;
    begins[Math.min(last + 1, asciiCount)] = 1;
  };
  if (asserts) for (const [first, last] of [newline, ...wordRanges]) tellApart(first, last);
  const done = new Set<Int32Array>();
  for (const instruction of instructions) {
    const { op, runes } = instruction;
    if (op === ops.anyRuneButNewline) tellApart(...newline);
    if ((op !== ops.rune && op !== ops.runes) || done.has(runes)) continue;
    if (runes.length > 1) {
      done.add(runes);
      for (let i = 0; i < runes.length; i += 2) tellApart(runes[i] as number, runes[i + 1] as number);
    } else if (op === ops.rune) {
      tellApart(runes[0] as number, runes[0] as number);
    } else {
      // The instruction matches one character in any case.
      for (let c = 0; c < asciiCount; c++) if (instruction.matchRune(c)) tellApart(c, c);
    }
  }
  const classes = new Uint8Array(asciiCount);
  let count = 0;
  for (let c = 0; c < asciiCount; c++) {
    if (c > 0 && begins[c] === 1) count++;
    classes[c] = count;
  }
  return { classes, classCount: count + 1 };
}

const newline = [0x0a, 0x0a] as const;
const wordRanges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
] as const;

/** Reports whether a character matches RE2's `\w`. */
export function isWord(rune: number): boolean {
  return wordRanges.some(([first, last]) => rune >= first && rune <= last);
}
