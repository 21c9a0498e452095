import type { CaseTable } from "./case.ts";
import { backends } from "./tables/backends.ts";
import { filterLevels } from "./tables/filter-levels.ts";
import { filters } from "./tables/filters.ts";
import { hops } from "./tables/hops.ts";
import { listeners } from "./tables/listeners.ts";
import { matching } from "./tables/matching.ts";
import { redirects } from "./tables/redirects.ts";

/** All case tables, for `simulate` and for the wire. */
export const tables: readonly CaseTable[] = [
  ...matching,
  ...redirects,
  ...filters,
  ...filterLevels,
  ...backends,
  ...listeners,
  ...hops,
];
