import type { FilterKinds } from "../../../lib/filters/bound-filter.ts";

/**
 * The filters for ExtensionRef that a snapshot's rules may name. Functions cannot be posted to another thread: there,
 * `modules` are loaded again (`loadFilters` of proxy/sources/load-filters.ts).
 */
export interface RegisteredFilters {
  /** Plain data: where the filters come from. */
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

/** What a filter failed with. Told to whoever runs the proxy, never to a client. */
export interface FilterFailure {
  /** `acme.io/RequireApiKey`. */
  readonly filter: string;
  readonly error: unknown;
  /** How many failures of this filter have not been told since the last one that was. */
  readonly untold: number;
}
