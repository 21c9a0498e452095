import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** The language of Graphviz. */
export type Dot = Printed<"dot">;

/**
 * A value stands in a double-quoted string, which is an escString with entities of HTML besides: backslashes, quotation
 * marks and ampersands stand for themselves.
 */
export const dot = printerOf("dot", (value) =>
  printable(value).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/&/g, "&amp;"),
);
