import { extensionKey } from "../../lib/api/load/extension.ts";
import type { FilterKinds } from "../../lib/filters/bound-filter.ts";
import { type FilterKind, isFilterKind } from "../../lib/filters/definition.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { readFilterModule } from "./module.ts";

/**
 * Loads filters in another thread than the one that read the sources: functions cannot be posted to a worker, paths
 * can. If several modules register the same filter, the last one wins, as when sources are loaded. Never rejects: a
 * module that cannot be loaded yields a finding, and its filters are missing.
 *
 * @param modules `RegisteredFilters.modules` of a snapshot; load them again when the version of one has changed.
 */
export async function loadFilters(
  modules: readonly { readonly path: string }[],
): Promise<{ readonly kinds: FilterKinds; readonly findings: readonly Finding[] }> {
  const kinds = new Map<string, FilterKind>();
  const findings: Finding[] = [];
  // Modules are loaded one after the other, since they share the loader's global state.
  for (const { path } of modules) {
    const read = await readFilterModule(path);
    findings.push(...read.findings);
    for (const kind of read.filters?.kinds ?? []) if (isFilterKind(kind)) kinds.set(extensionKey(kind), kind);
  }
  return { kinds, findings };
}
