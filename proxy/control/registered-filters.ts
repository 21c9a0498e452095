import { filterKinds } from "../../lib/filters/bound-filter.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { AdmittedObjects } from "./last-good.ts";

/** Converts the filters that the sources register to the form of the data plane. */
export function registeredFilters({
  extensions,
  filters,
}: Pick<AdmittedObjects, "extensions" | "filters">): RegisteredFilters {
  return {
    modules: filters.map(({ path, version }) => ({ path, version })),
    kinds: filterKinds(extensions.kinds),
  };
}
