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
 * they precede (9.1.1). Segments that hold nothing but blanks and comments are left out.
 */
export function splitStream(text: string): Segment[] {
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
