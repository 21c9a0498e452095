import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Text in HTML, or in XML such as SVG. */
export type Markup = Printed<"markup">;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes values for element content and for quoted attributes, but not for scripts, styles and URLs. */
export const markup = printerOf("markup", (value) =>
  printable(value).replace(/[&<>"']/g, (character) => entities[character] ?? character),
);
