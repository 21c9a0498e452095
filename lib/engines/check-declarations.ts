import { check } from "../analysis/check/check.ts";
import type { Declared } from "../api/declared/declared.ts";
import type { Channel } from "../api/index.ts";
import type { ExtensionKind } from "../api/load/extension.ts";
import { load } from "../api/load/load.ts";
import type { Finding } from "../findings/finding.ts";
import type { CheckObjects } from "./check-objects.ts";

/** The full check for engines, one function per channel. Charts and stacks that share a function share its results. */
export const engineChecks: Readonly<Record<Channel, CheckObjects>> = {
  standard: (declared, filters) => checkObjects(declared, filters, "standard"),
  experimental: (declared, filters) => checkObjects(declared, filters, "experimental"),
};

function checkObjects(
  declared: readonly Declared[],
  kinds: readonly ExtensionKind[],
  channel: Channel,
): readonly Finding[] {
  const filters = { path: "", version: "", kinds };
  return check(load([{ name: "engine", declared, findings: [], filters }], { channel }), {});
}
