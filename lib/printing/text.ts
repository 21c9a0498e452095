import { printable } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

/** Text for people, at a terminal or in a log of a CI job: a value never leaves its line. */
export type Text = Printed<"text">;

/**
 * `##[command]`, `##vso[command]` and `##teamcity[command]` are commands to the runner of a CI job, wherever they stand
 * in a line of its log.
 */
const runnerCommand = /##(?=[a-z]*\[)/gi;

export const text = printerOf("text", (value) => printable(shortened(value)).replace(runnerCommand, "#\\u0023"));

/** In characters. Longer than what anybody writes by hand, and not so long that it drives all else off the screen. */
const longestValue = 4_096;

function shortened(value: string): string {
  if (value.length <= longestValue) return value;
  return `${value.slice(0, longestValue).toWellFormed()}… (${value.length - longestValue} more characters)`;
}

/** A line of a log that GitHub's runner takes for a command: `::error file=x::words`, with or without blanks before it. */
const workflowCommand = /^(\s*):(?=:[a-z-]+(?: .*)?::)/gim;

/** The whole text as a stream gets it: no line begins with a command to the runner of a CI job. */
export function streamed(written: Text): string {
  return written.toString().replace(runnerCommand, "#\\u0023").replace(workflowCommand, "$1\\u003a");
}
