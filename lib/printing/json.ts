import { jsonEscaped } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

export type Json = Printed<"json">;

/** A value of a template is the text of one string, between quotation marks of the template. */
const printer = printerOf("json", (value) => jsonEscaped(JSON.stringify(value).slice(1, -1)));

/**
 * A plain value as JSON. Characters that do not show as themselves are escapes, which read back as the same characters:
 * JSON that is shown in a terminal does not steer it.
 *
 * @param indent blanks for each level, each member in a line of its own; 0 for one line.
 */
export function json(value: unknown, indent = 0): Json {
  const text = JSON.stringify(value, undefined, indent) ?? "null";
  // Outside of strings JSON has no such characters but the line breaks of the indentation.
  return printer.verbatim(text.split("\n").map(jsonEscaped).join("\n"));
}

/** JSON and a line break: a line of a log, or a file. */
export function jsonLine(value: unknown, indent = 0): Json {
  return printer.verbatim(`${json(value, indent)}\n`);
}
