import { RE2JS } from "re2js";
import { Automaton } from "./expressions/automaton.ts";
import { programOf } from "./expressions/program.ts";
import { estimateProgramSize, maxProgramSize } from "./expressions/size.ts";
import { MatchWork } from "./match-work.ts";

/** A compiled regular expression that matches the whole of a text, in time linear in its length. */
export interface Pattern {
  /** Number of instructions. */
  readonly size: number;
  /**
   * @param work of the request that the text is of; by default as much as one request may take.
   * @returns false too if it takes more steps than are left.
   */
  matches(text: string, work?: MatchWork): boolean;
}

export type CompiledPattern =
  | { readonly pattern: Pattern }
  /** It is not RE2 syntax. */
  | { readonly error: string; readonly tooLarge?: undefined }
  /** It compiles to more instructions than it may. */
  | { readonly error: string; readonly tooLarge: ProgramBound };

export interface ProgramBound {
  /** Instructions that the expression may compile to. */
  readonly allowed: number;
}

/**
 * Compiles a regular expression of a route: RE2 syntax, so no backreferences and no look-around, case-sensitive, and
 * always against the whole value. The API leaves the dialect to the implementation (`HTTPPathMatch.type`).
 *
 * @returns the pattern, or why there is none. Never throws.
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
 * RE2 repeats a part of the expression, such as `(?=`. It is left out where it has a letter or a digit: it may be of a
 * credential, and this text stands in statuses and Events.
 */
function fault(message: string): string {
  return message.replace(/^error parsing regexp: /, "").replace(/: `.*[A-Za-z0-9].*`$/s, "");
}

/** Texts that were checked before, in a thread: objects are judged again with every change of another one. */
const checked = new Map<string, CheckedPattern>();
const maxChecked = 4096;

export type CheckedPattern = { readonly size: number } | Exclude<CompiledPattern, { readonly pattern: Pattern }>;

/** The same without the pattern: its size, or why there is none. */
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
  /** Made when it is needed: most expressions of a large configuration never see a request. */
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
