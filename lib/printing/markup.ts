import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** HTML, or XML such as SVG. */
export type Markup = Printed<"markup">;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A value is content of an element, or of an attribute in quotation marks; never of a script, style or URL. */
export const markup = printerOf("markup", (value) =>
  printable(value).replace(/[&<>"']/g, (character) => entities[character] ?? character),
);
