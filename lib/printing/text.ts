import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Text for a terminal or for the log of a CI job. A value never spans lines. */
export type Text = Printed<"text">;

/**
 * Matches `##[command]`, `##vso[command]` and `##teamcity[command]`, which CI runners execute anywhere in a log line.
 */
const runnerCommand = /##(?=[a-z]*\[)/gi;

export const text = printerOf("text", (value) => printable(shortened(value)).replace(runnerCommand, "#\\u0023"));

/** The maximum length of a value in characters: more than people write, and little enough to fit on a screen. */
const longestValue = 4_096;

function shortened(value: string): string {
  if (value.length <= longestValue) return value;
  return `${value.slice(0, longestValue).toWellFormed()}… (${value.length - longestValue} more characters)`;
}

/** Matches a log line that GitHub's runner executes, such as `::error file=x::words`, also after blanks. */
const workflowCommand = /^(\s*):(?=:[a-z-]+(?: .*)?::)/gim;

/** The text for an output stream, in which no line is a command for the runner of a CI job. */
export function streamed(written: Text): string {
  return written.toString().replace(runnerCommand, "#\\u0023").replace(workflowCommand, "$1\\u003a");
}
