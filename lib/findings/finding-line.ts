import { text } from "../printing/text.ts";
import type { Finding } from "./finding.ts";

/**
 * Formats a finding as one line, for engines that print text and add the place themselves. The line has the code,
 * object, field, message, given value, allowed values, fix, and the program's file and line.
 */
export function findingLine(finding: Finding): string {
  const { code, object, field, message, given, allowed, fix, origin } = finding;
  const call = origin !== undefined && "construct" in origin ? origin.call : undefined;
  const name =
    object === undefined ? "" : ` ${object.kind} ${[object.namespace, object.name].filter(Boolean).join("/")}`;
  const details = [given === undefined ? "" : `given ${given}`, allowed === undefined ? "" : `allowed: ${allowed}`];
  const shown = details.filter((detail) => detail !== "").join("; ");
  const line = [
    `${code}${name}${field === undefined ? "" : ` ${field}`}: ${message.replace(/\.$/, "")}`,
    shown === "" ? "." : ` (${shown}).`,
    fix === undefined ? "" : ` ${fix}`,
    call === undefined ? "" : ` (declared at ${call.file}:${call.line})`,
  ].join("");
  return text`${line}`.toString();
}
