import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Text in the DOT language of Graphviz. */
export type Dot = Printed<"dot">;

/**
 * Escapes values for double-quoted strings, in which Graphviz interprets escString sequences and HTML entities.
 * Backslashes, quotation marks and ampersands are therefore escaped.
 */
export const dot = printerOf("dot", (value) =>
  printable(value).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/&/g, "&amp;"),
);
