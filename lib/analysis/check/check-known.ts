import type { Declared } from "../../api/declared/declared.ts";
import type { Channel } from "../../api/index.ts";
import type { ExtensionKind } from "../../api/load/extension.ts";
import type { PlacedIgnoreRule } from "../../api/load/ignoring.ts";
import { load } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";
import { check } from "./check.ts";

export interface CheckKnownOptions {
  readonly channel: Channel;
  /** The kinds of extension filters whose objects the program declares. */
  readonly filters: readonly ExtensionKind[];
  /** Rules that ignore findings, in addition to those of annotations. Default: none. */
  readonly ignores?: readonly PlacedIgnoreRule[];
}

/**
 * Checks a program that has late values: schema and attachment, except for the parts that depend on such a value. Each
 * of these parts gives a note (GW1110) and is checked once the value is known. There is no advice.
 */
export function checkKnown(
  declared: readonly Declared[],
  { channel, filters, ignores = [] }: CheckKnownOptions,
): Finding[] {
  const registered = { path: "", version: "", kinds: filters };
  const source = { name: "program", declared, findings: [], ignores, filters: registered };
  const loaded = load([source], { channel });
  const findings = [...check(loaded, { only: "schema" }), ...check(loaded, { only: "attachment" })];
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
