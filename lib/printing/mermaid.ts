import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** A Mermaid flowchart. */
export type Mermaid = Printed<"mermaid">;

/**
 * Escapes values for quoted labels. Characters with a special meaning become entity codes, such as `#34;` for a
 * quotation mark. A colon does so only if the text contains a keyword for styles, because Mermaid would then read the
 * semicolon of the last code as part of a style.
 */
export const mermaid = printerOf("mermaid", (value) => {
  const shown = printable(value);
  const plain = /style|classdef/i.test(shown) ? /[^A-Za-z0-9 ._/()[\],%=*-]/gu : /[^A-Za-z0-9 ._/()[\],%=*:-]/gu;
  return shown.replace(plain, (character) => `#${character.codePointAt(0)};`);
});
