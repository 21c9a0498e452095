import { RE2JS } from "re2js";
import { Automaton } from "./expressions/automaton.ts";
import { programOf } from "./expressions/program.ts";
import { estimateProgramSize, maxProgramSize } from "./expressions/size.ts";
import { MatchWork } from "./match-work.ts";

/** A compiled regular expression that must match a whole text. Matching takes time linear in the text's length. */
export interface Pattern {
  /** The number of instructions. */
  readonly size: number;
  /**
   * @param work the work counter of the request. Absent: a counter with the limit of one request.
   * @returns true if the text matches. False also if matching needs more steps than `work` has left.
   */
  matches(text: string, work?: MatchWork): boolean;
}

export type CompiledPattern =
  | { readonly pattern: Pattern }
  /** The source is not valid RE2 syntax. */
  | { readonly error: string; readonly tooLarge?: undefined }
  /** The source compiles to more instructions than allowed. */
  | { readonly error: string; readonly tooLarge: ProgramBound };

export interface ProgramBound {
  /** The number of instructions that the expression may compile to. */
  readonly allowed: number;
}

/**
 * Compiles a regular expression of a route: RE2 syntax, without backreferences and look-around, case-sensitive, and
 * always matched against the whole value. The API leaves the dialect to implementations (`HTTPPathMatch.type`).
 *
 * @returns the pattern, or the reason why the source is refused. Never throws.
 */
export function compilePattern(source: string): CompiledPattern {
  const allowed = maxProgramSize(source);
  const estimate = estimateProgramSize(source);
  if (estimate > allowed * 2) return tooLarge(`about ${estimate}`, allowed);
  try {
    const expression = RE2JS.compile(source);
    const size = expression.programSize();
    return size > allowed ? tooLarge(String(size), allowed) : { pattern: new CompiledExpression(expression) };
  } catch (error) {
    return { error: error instanceof Error ? fault(error.message) : String(error) };
  }
}

/**
 * Cleans an error message of re2js, which quotes part of the expression, such as `(?=`. A quote with a letter or digit
 * is removed: it may be part of a credential, and the message appears in statuses and Events.
 */
function fault(message: string): string {
  return message.replace(/^error parsing regexp: /, "").replace(/: `.*[A-Za-z0-9].*`$/s, "");
}

/** Caches checked sources in each thread. Objects are judged again whenever another object changes. */
const checked = new Map<string, CheckedPattern>();
const maxChecked = 4096;

export type CheckedPattern = { readonly size: number } | Exclude<CompiledPattern, { readonly pattern: Pattern }>;

/** Checks a regular expression like `compilePattern`, but returns its size instead of the pattern. */
export function checkPattern(source: string): CheckedPattern {
  const before = checked.get(source);
  if (before !== undefined) return before;
  const compiled = compilePattern(source);
  const result = "pattern" in compiled ? { size: compiled.pattern.size } : compiled;
  if (checked.size >= maxChecked) checked.clear();
  checked.set(source, result);
  return result;
}

function tooLarge(size: string, allowed: number): CompiledPattern {
  return { error: `it compiles to ${size} instructions, and ${allowed} are allowed`, tooLarge: { allowed } };
}

class CompiledExpression implements Pattern {
  readonly size: number;
  readonly #expression: RE2JS;
  /** Created on first use: most expressions of a large configuration never see a request. */
  #automaton: Automaton | undefined;

  constructor(expression: RE2JS) {
    this.size = expression.programSize();
    this.#expression = expression;
  }

  matches(text: string, work: MatchWork = new MatchWork()): boolean {
    if (work.exhausted) return false;
    this.#automaton ??= new Automaton(programOf(this.#expression));
    return this.#automaton.matches(text, work);
  }
}
