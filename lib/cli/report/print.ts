import type { Finding } from "../../findings/finding.ts";
import { text } from "../../printing/text.ts";
import { palette } from "./color.ts";
import { failed, formatFindings, sortFindings, tally } from "./findings.ts";
import { type Terminal, wantsColor } from "./terminal.ts";

/**
 * Writes findings to stderr, errors first, followed by a summary. Returns true if one of them is an error. Notes of one
 * kind are one line unless `verbose`.
 */
export function printFindings(
  terminal: Terminal,
  findings: readonly Finding[],
  options: { readonly color?: boolean; readonly verbose?: boolean },
): boolean {
  if (findings.length === 0) return false;
  const paint = palette(wantsColor(terminal, "stderr", options.color));
  const formatted = formatFindings(sortFindings(findings), { paint, verbose: options.verbose });
  terminal.stderr.write(text`${formatted}${tally(findings)}\n`);
  return failed(findings);
}

/** Writes notes about settings, one line each. */
export function tellNotes(terminal: Terminal, notes: readonly string[]): void {
  for (const note of notes) terminal.stderr.write(text`note: ${note}\n`);
}
