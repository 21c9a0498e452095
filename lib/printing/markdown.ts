import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Text in GitHub Flavored Markdown. */
export type Markdown = Printed<"markdown">;

/**
 * Writes a value as a sentence: plain words are unchanged, and each other word becomes a code span. In a code span
 * nothing has a meaning: no link, `@mention`, `#123`, commit, emoji, emphasis, HTML or image. Backslashes would not
 * suffice, because GitHub searches for mentions, references and addresses in the text that Markdown renders.
 */
export const markdown = printerOf("markdown", sentence);

function sentence(words: string): string {
  return printable(words).replace(/[^ ]+/g, word);
}

/** Brackets and punctuation around a word stay outside of the code span, unlike the brackets in `rules[0]`. */
function word(token: string): string {
  const [, open = "", inner = token, close = "", end = ""] = /^([([]?)(.+?)([)\]]?)([.,;:]?)$/.exec(token) ?? [];
  const closesOwn = inner.includes(close === ")" ? "(" : "[");
  const core = closesOwn ? `${inner}${close}` : inner;
  return `${bracket(open)}${plainWord.test(core) ? core : span(core)}${closesOwn ? "" : bracket(close)}${end}`;
}

/** Matches words of letters and hyphens, and short numbers. None of these is a name on GitHub. */
const plainWord = /^(?:[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d{1,6}(?:\.\d{1,6})?|[%=→–…])$/;

function bracket(text: string): string {
  return /^[[\]]$/.test(text) ? `\\${text}` : text;
}

/** Writes a value as a code span. */
export function code(value: string): Markdown {
  return markdown.verbatim(span(printable(value)));
}

/**
 * Writes a code span. A longer run of backticks delimits a text with backticks (CommonMark section 6.1). Blanks at both
 * ends and an empty text need special treatment: Markdown strips the former, and the latter is no code span.
 */
function span(value: string): string {
  const longest = Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const isBare = longest === 0 && value !== "" && !/^ .* $/.test(value);
  return isBare ? `${fence}${value}${fence}` : `${fence} ${value} ${fence}`;
}

/**
 * Writes a table row. Cells are separated before other syntax is parsed, so a vertical bar needs a backslash even in a
 * code span. Parsers disagree on a bar that already follows a backslash, so such a bar becomes an escape instead.
 */
export function tableRow(cells: readonly Markdown[]): Markdown {
  const divided = cells.map((cell) => cell.toString().replaceAll("\\|", "\\\\u007c").replaceAll("|", "\\|"));
  return markdown.verbatim(`| ${divided.join(" | ")} |`);
}
