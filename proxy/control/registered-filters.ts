import { filterKinds } from "../../lib/filters/bound-filter.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { Admitted } from "./last-good.ts";

/** Converts the filters that the sources register to the form of the data plane. */
export function registeredFilters({
  extensions,
  filters,
}: Pick<Admitted, "extensions" | "filters">): RegisteredFilters {
  return {
    modules: filters.map(({ path, version }) => ({ path, version })),
    kinds: filterKinds(extensions.kinds),
  };
}
