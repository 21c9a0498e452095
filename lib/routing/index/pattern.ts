import { RE2JS } from "re2js";

/** A compiled regular expression that matches the whole of a text, in time linear in its length. */
export interface Pattern {
  matches(text: string): boolean;
}

/**
 * Compiles a regular expression of a route: RE2 syntax, so no backreferences and no look-around, case-sensitive, and
 * always against the whole value. The API leaves the dialect to the implementation (`HTTPPathMatch.type`).
 *
 * @returns the pattern, or why it does not compile. Never throws.
 */
export function compilePattern(source: string): { readonly pattern: Pattern } | { readonly error: string } {
  try {
    const expression = RE2JS.compile(source);
    return { pattern: { matches: (text) => expression.testExact(text) } };
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
