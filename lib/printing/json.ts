import { jsonEscaped } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

export type Json = Printed<"json">;

/** Escapes a value as the content of a string. The template contains the quotation marks. */
const printer = printerOf("json", (value) => jsonEscaped(JSON.stringify(value).slice(1, -1)));

/**
 * Formats plain data as JSON. Characters that are not visible as themselves become escapes for the same characters, so
 * that JSON in a terminal cannot control it.
 *
 * @param indent the number of blanks per level, with one member per line. 0, the default, gives a single line.
 */
export function json(value: unknown, indent = 0): Json {
  const text = JSON.stringify(value, undefined, indent) ?? "null";
  // Outside of strings, JSON contains none of these characters except the line breaks of the indentation.
  return printer.verbatim(text.split("\n").map(jsonEscaped).join("\n"));
}

/** Formats plain data as JSON with a final line break, for a line of a log or for a file. */
export function jsonLine(value: unknown, indent = 0): Json {
  return printer.verbatim(`${json(value, indent)}\n`);
}
