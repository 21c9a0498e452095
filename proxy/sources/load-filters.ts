import { extensionKey } from "../../lib/api/load/extension.ts";
import type { FilterKinds } from "../../lib/filters/bound-filter.ts";
import { type FilterKind, isFilterKind } from "../../lib/filters/definition.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { readFilterModule } from "./module.ts";

/**
 * Loads filters in another thread than the one that has read the sources: functions cannot be posted, paths can. Later
 * modules win, as they do there. Never rejects; a module that cannot be loaded here is a finding, and its filters are
 * missing.
 *
 * @param modules `RegisteredFilters.modules` of a snapshot; load them again when one of their versions has changed.
 */
export async function loadFilters(
  modules: readonly { readonly path: string }[],
): Promise<{ readonly kinds: FilterKinds; readonly findings: readonly Finding[] }> {
  const kinds = new Map<string, FilterKind>();
  const findings: Finding[] = [];
  // One after the other: modules share the loader's global state.
  for (const { path } of modules) {
    const read = await readFilterModule(path);
    findings.push(...read.findings);
    for (const kind of read.filters?.kinds ?? []) if (isFilterKind(kind)) kinds.set(extensionKey(kind), kind);
  }
  return { kinds, findings };
}
