import type { Finding } from "../../findings/finding.ts";

/** A problem in a document at a text offset. It becomes a finding once the file and line are known. */
export interface ParseProblem extends Pick<Finding, "code" | "message" | "given" | "allowed" | "fix"> {
  /** The number of characters from the start of the document's text. */
  readonly offset: number;
}

/** A position in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Converts `offset` in `text` to a position. `firstLine` is the line of the file on which `text` begins. */
export function positionOf(text: string, offset: number, firstLine: number): Position {
  let line = firstLine;
  let lineStart = 0;
  for (;;) {
    const newline = text.indexOf("\n", lineStart);
    if (newline === -1 || newline >= offset) return { line, column: offset - lineStart + 1 };
    line += 1;
    lineStart = newline + 1;
  }
}
