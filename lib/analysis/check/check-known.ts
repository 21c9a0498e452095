import type { Declared } from "../../api/declared/declared.ts";
import type { Channel } from "../../api/index.ts";
import type { ExtensionKind } from "../../api/load/extension.ts";
import type { PlacedIgnoreRule } from "../../api/load/ignoring.ts";
import { load } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";
import { check } from "./check.ts";

export interface CheckKnownOptions {
  readonly channel: Channel;
  /** The filters whose objects the program declares. */
  readonly filters: readonly ExtensionKind[];
  /** Rules for findings to ignore, besides those of annotations. Default: none. */
  readonly ignores?: readonly PlacedIgnoreRule[];
}

/**
 * Checks a program whose values are partly known only later: schema and handshake, as far as they do not depend on such
 * a value. What does is a note (GW1110) and is checked once the value is known. Advice is left out.
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
