import { compilePattern } from "../../routing/index/pattern.ts";

/**
 * Converts an expression of another dialect to RE2 syntax, so that it matches at least everything the original may
 * match: it drops look-around and replaces a backreference by any text. If the result does not compile, it matches
 * every text.
 */
export function relaxedPattern(source: string): string {
  if (compiles(source)) return source;
  const relaxed = withoutLookaround(source)
    .replaceAll("(?>", "(?:")
    .replace(/\\(?:[1-9]|k<\w+>|k\{\w+\})/g, ".*")
    .replace(/([*+?}])\+/g, "$1")
    .replace(/\{\d*(?:,\d*)?\}/g, (counts) => (/\d{4}/.test(counts) ? "*" : counts));
  return compiles(relaxed) ? relaxed : "(?s:.*)";
}

function compiles(source: string): boolean {
  return "pattern" in compilePattern(source);
}

function withoutLookaround(source: string): string {
  let kept = "";
  for (let i = 0; i < source.length; i++) {
    if (/^\(\?<?[=!]/.test(source.slice(i, i + 4))) i = closingOf(source, i);
    else if (source[i] === "\\") kept += source.slice(i, ++i + 1);
    else kept += source[i];
  }
  return kept;
}

/** Returns the index of the parenthesis that closes the group opened at `start`. */
function closingOf(source: string, start: number): number {
  let depth = 0;
  let inClass = false;
  for (let i = start; i < source.length; i++) {
    const c = source[i];
    if (c === "\\") i++;
    else if (inClass) inClass = c !== "]";
    else if (c === "[") inClass = true;
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return i;
  }
  return source.length;
}
