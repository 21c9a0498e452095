import type { Finding } from "../../findings/finding.ts";

/** What is wrong with a document, at an offset into its text; becomes a finding once the file and line are known. */
export interface ParseProblem extends Pick<Finding, "code" | "message" | "given" | "allowed" | "fix"> {
  /** Characters from the start of the document's text. */
  readonly offset: number;
}

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of `offset` in `text`, for a text whose first line is line `firstLine` of its file. */
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
