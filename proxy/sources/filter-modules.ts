import { extensionKey } from "../../lib/api/load/extension.ts";
import type { FilterModule } from "../../lib/api/load/sources.ts";
import { type FilterKind, isFilterKind } from "../../lib/filters/definition.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { NamedModule } from "./module-failure.ts";

/**
 * Reads the list of filters that a module exports as `filters`; exporting one is optional. Reports an invalid list as
 * GW1010.
 */
export function filtersOf(
  { exported, version }: { readonly exported: unknown; readonly version: string },
  module: NamedModule,
): { readonly filters?: FilterModule; readonly findings: readonly Finding[] } {
  const list = listOf(exported);
  if (list === undefined) return { findings: [] };
  if (!Array.isArray(list)) return { findings: [invalid(module, "filters is no list")] };
  const kinds = new Map<string, FilterKind>();
  const findings: Finding[] = [];
  for (const [index, filter] of list.entries()) {
    if (!isFilterKind(filter)) findings.push(invalid(module, `filters[${index}] was not made by defineFilter`));
    else if (kinds.has(extensionKey(filter))) {
      findings.push(invalid(module, `filters[${index}] is a second filter for ${extensionKey(filter)}`));
    } else kinds.set(extensionKey(filter), filter);
  }
  if (findings.length > 0) return { findings };
  return { filters: { path: module.path, version, kinds: [...kinds.values()] }, findings };
}

/** ESM and TypeScript export `filters` by name; in CommonJS, `filters` may be a property of the exported function. */
function listOf(exported: unknown): unknown {
  const carriers = [exported, (exported as { default?: unknown } | null | undefined)?.default];
  for (const carrier of carriers) {
    const isCarrier = (typeof carrier === "object" && carrier !== null) || typeof carrier === "function";
    const list = isCarrier ? (carrier as { filters?: unknown }).filters : undefined;
    if (list !== undefined) return list;
  }
  return undefined;
}

/** Returns the finding for a module named by `--filters` that exports no filters (GW1010). */
export function noFilters(module: NamedModule): Finding {
  return invalid(module, "The module exports no filters");
}

function invalid(module: NamedModule, message: string): Finding {
  return {
    code: "GW1010",
    severity: "error",
    message,
    origin: { file: module.name },
    allowed: "export const filters = [defineFilter({ … }), …], each group and kind once",
    fix: "Export the list; defineFilter is in gatewright/filters.",
  };
}
