import { filterKinds } from "../../lib/filters/bound-filter.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { Admitted } from "./last-good.ts";

/** The filters that the sources register, as the data plane takes them. */
export function registeredFilters({
  extensions,
  filters,
}: Pick<Admitted, "extensions" | "filters">): RegisteredFilters {
  return {
    modules: filters.map(({ path, version }) => ({ path, version })),
    kinds: filterKinds(extensions.kinds),
  };
}
