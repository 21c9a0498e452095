/** The range of one document in a stream, with the line on which it starts. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The line of `start`, 1-based. */
  readonly line: number;
}

/**
 * Splits a stream into documents without parsing it: before each `---` and after each `...` at the start of a line that
 * a blank or the end of the line follows. No scalar can contain such a line, not even a quoted or block scalar (YAML
 * 1.2.2, 9.1.2, rule c-forbidden), so the result is exact. Directives (`%YAML`, `%TAG`) belong to the document after
 * them (9.1.1). JSON objects in sequence without a marker are separate documents, as in kubectl. Segments with only
 * blanks and comments are left out.
 */
export function splitStream(text: string): Segment[] {
  return cutDocuments(text).flatMap((segment) => jsonObjects(text, segment) ?? [segment]);
}

function cutDocuments(text: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  let startLine = 1;
  let line = 1;
  let directives = false;
  const cut = (end: number, nextLine: number) => {
    if (holdsContent(text, start, end)) segments.push({ start, end, line: startLine });
    start = end;
    startLine = nextLine;
    directives = false;
  };
  for (let at = 0; at < text.length; line += 1) {
    const newline = text.indexOf("\n", at);
    const next = newline === -1 ? text.length : newline + 1;
    const first = text.charCodeAt(at);
    if (first === hyphen && isMarker(text, at, hyphen)) {
      if (!directives) cut(at, line);
      directives = false;
    } else if (first === dot && isMarker(text, at, dot)) {
      cut(next, line + 1);
    } else if (first === percent && !holdsContent(text, start, at)) {
      directives = true;
    }
    at = next;
  }
  cut(text.length, line);
  return segments;
}

const hyphen = 0x2d;
const dot = 0x2e;
const percent = 0x25;

/** Returns true if `character` occurs three times at `at`, followed by a blank, a line break or the end of the text. */
function isMarker(text: string, at: number, character: number): boolean {
  if (text.charCodeAt(at + 1) !== character || text.charCodeAt(at + 2) !== character) return false;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 0x0a || after === 0x0d || after === 0x20 || after === 0x09;
}

/** Returns true if a line in the range holds more than blanks, a comment or a bare document marker. */
function holdsContent(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const newline = text.indexOf("\n", at);
    const next = newline === -1 || newline >= end ? end : newline + 1;
    if (!emptyLine.test(text.slice(at, next))) return true;
    at = next;
  }
  return false;
}

const emptyLine = /^\uFEFF?(?:---|\.\.\.)?[ \t]*(?:#.*)?\r?\n?$/;

/** Splits a document that is a sequence of JSON objects. The result is undefined for any other document. */
function jsonObjects(text: string, { start, end, line }: Segment): Segment[] | undefined {
  if (!/^\s*\{/.test(text.slice(start, Math.min(end, start + 256)))) return undefined;
  const objects: Segment[] = [];
  let at = start;
  let current = line;
  for (;;) {
    const blanks = /^\s*/.exec(text.slice(at, end))?.[0] ?? "";
    current += lineBreaks(blanks);
    at += blanks.length;
    if (at === end) return objects.length > 1 ? objects : undefined;
    const close = text[at] === "{" ? endOfObject(text, at, end) : undefined;
    if (close === undefined || (objects.length === 0 && text.slice(close, end).trim() === "")) return undefined;
    objects.push({ start: at, end: close, line: current });
    current += lineBreaks(text.slice(at, close));
    at = close;
  }
}

function lineBreaks(text: string): number {
  return text.split("\n").length - 1;
}

/** Returns the end of the object that opens at `start`, or undefined if it is not closed. Strings are skipped. */
function endOfObject(text: string, start: number, end: number): number | undefined {
  const token = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found !== null && token.lastIndex <= end; found = token.exec(text)) {
    if (found[0] === "{") depth += 1;
    else if (found[0] === "}") depth -= 1;
    if (depth === 0) return token.lastIndex;
  }
  return undefined;
}
