/** One document of a stream: the text from `start` up to `end`, with the line on which it starts. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** 1-based line of `start`. */
  readonly line: number;
}

/**
 * Cuts a stream into its documents without parsing them: before each `---` and after each `...` that begins a line and
 * is followed by a blank or the end of the line. No scalar, quoted and block scalars included, can hold such a line
 * (YAML 1.2.2, 9.1.2, rule c-forbidden), so the cut is exact. Directives (`%YAML`, `%TAG`) stay with the document that
 * they precede (9.1.1). JSON objects that follow each other without a marker are a document each, as kubectl reads them. Segments
 * that hold nothing but blanks and comments are left out.
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

/** Whether three `character`s and then a blank, a line break or the end stand at `at`. */
function isMarker(text: string, at: number, character: number): boolean {
  if (text.charCodeAt(at + 1) !== character || text.charCodeAt(at + 2) !== character) return false;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 0x0a || after === 0x0d || after === 0x20 || after === 0x09;
}

/** Whether a line between `start` and `end` holds anything but blanks, a comment, or a bare document marker. */
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

/** The JSON objects of a document that is nothing but several of them; undefined for any other document. */
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

/** Where the object that opens at `start` is closed; undefined if it is not. Brackets in strings do not count. */
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
