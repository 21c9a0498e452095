import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** GitHub's dialect of Markdown. */
export type Markdown = Printed<"markdown">;

/**
 * A value in a template is a sentence: plain words stand as they are, and every other word is a code span. In a code
 * span nothing has a meaning: no link, `@mention`, `#123`, commit, emoji, emphasis, HTML or image. A backslash would not
 * do: GitHub looks for mentions, references and addresses in the text that is left when Markdown has been read.
 */
export const markdown = printerOf("markdown", sentence);

function sentence(words: string): string {
  return printable(words).replace(/[^ ]+/g, word);
}

/** Brackets and punctuation around a word are no part of it, unlike those of `rules[0]`. */
function word(token: string): string {
  const [, open = "", inner = token, close = "", end = ""] = /^([([]?)(.+?)([)\]]?)([.,;:]?)$/.exec(token) ?? [];
  const closesOwn = inner.includes(close === ")" ? "(" : "[");
  const core = closesOwn ? `${inner}${close}` : inner;
  return `${bracket(open)}${plainWord.test(core) ? core : span(core)}${closesOwn ? "" : bracket(close)}${end}`;
}

/** Letters with hyphens, or a number of few digits; none of it is a name of anything on GitHub. */
const plainWord = /^(?:[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d{1,6}(?:\.\d{1,6})?|[%=→–…])$/;

function bracket(text: string): string {
  return /^[[\]]$/.test(text) ? `\\${text}` : text;
}

/** A value as a code span. */
export function code(value: string): Markdown {
  return markdown.verbatim(span(printable(value)));
}

/**
 * A span with a backtick in it is delimited by more of them (CommonMark section 6.1). Blanks at both ends would be taken
 * off, and a span without text is none.
 */
function span(value: string): string {
  const longest = Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const isBare = longest === 0 && value !== "" && !/^ .* $/.test(value);
  return isBare ? `${fence}${value}${fence}` : `${fence} ${value} ${fence}`;
}

/**
 * A row of a table. Cells are divided before anything else is read, so a vertical bar has a backslash even in a code
 * span; readers differ on one that has a backslash already, which becomes an escape instead.
 */
export function tableRow(cells: readonly Markdown[]): Markdown {
  const divided = cells.map((cell) => cell.toString().replaceAll("\\|", "\\\\u007c").replaceAll("|", "\\|"));
  return markdown.verbatim(`| ${divided.join(" | ")} |`);
}
