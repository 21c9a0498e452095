import type { FilterKinds } from "../../../lib/filters/bound-filter.ts";

/**
 * The filters for ExtensionRef that a snapshot's rules may reference. Functions cannot be posted to another thread,
 * which loads `modules` itself (`loadFilters` of proxy/sources/load-filters.ts).
 */
export interface RegisteredFilters {
  /** The modules of the filters, as plain data. */
  readonly modules: readonly FilterModuleReference[];
  /** The filters in this thread, by `group/kind`. */
  readonly kinds: FilterKinds;
}

export interface FilterModuleReference {
  /** Absolute path. */
  readonly path: string;
  /** Changes with the text of the module or of a file that it imports. */
  readonly version: string;
}

/** A failure of a filter, for the operator of the proxy and never for a client. */
export interface FilterFailure {
  /** Group and kind of the filter, such as `acme.io/RequireApiKey`. */
  readonly filter: string;
  readonly error: unknown;
  /** The number of unreported failures of this filter since the last report. */
  readonly untold: number;
}
