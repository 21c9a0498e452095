import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Flowcharts of Mermaid. */
export type Mermaid = Printed<"mermaid">;

/**
 * A value stands in a quoted label. Characters with a meaning of their own become entity codes, `#34;` for a quotation
 * mark. A colon is one only where the text has a word of the language for styles: there Mermaid would take the last
 * code's semicolon for that of a style.
 */
export const mermaid = printerOf("mermaid", (value) => {
  const shown = printable(value);
  const plain = /style|classdef/i.test(shown) ? /[^A-Za-z0-9 ._/()[\],%=*-]/gu : /[^A-Za-z0-9 ._/()[\],%=*:-]/gu;
  return shown.replace(plain, (character) => `#${character.codePointAt(0)};`);
});
