import { text } from "../printing/text.ts";
import type { Finding } from "./finding.ts";

/**
 * A finding as one line, for engines that report text and add the place on their own: code, object, field, what is
 * wrong, the value given, what is allowed, how to fix it, the line of the program.
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
