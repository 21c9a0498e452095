import type { FilterWatch } from "../../../lib/filters/bound-filter.ts";
import type { Stats } from "../stats/stats.ts";
import type { FilterFailure } from "./registered-filters.ts";

/** Minimum milliseconds between two reports of failures of one filter. */
const tellEvery = 1_000;

/** Counts results of filters, and reports failures so seldom that a flood of requests causes no flood of lines. */
export class FilterWatches {
  readonly #stats: Stats;
  readonly #report: (failure: FilterFailure) => void;
  readonly #now: () => number;
  readonly #watches = new Map<string, FilterWatch>();

  constructor(stats: Stats, report: (failure: FilterFailure) => void, now: () => number = () => performance.now()) {
    this.#stats = stats;
    this.#report = report;
    this.#now = now;
  }

  /** @param key `group/kind`. */
  of(key: string): FilterWatch {
    const known = this.#watches.get(key);
    if (known !== undefined) return known;
    let told = Number.NEGATIVE_INFINITY;
    let untold = 0;
    const failed = (error: unknown) => {
      const now = this.#now();
      if (now - told < tellEvery) {
        untold++;
        return;
      }
      this.#report({ filter: key, error, untold });
      told = now;
      untold = 0;
    };
    const watch: FilterWatch = { counts: this.#stats.filter(key), failed };
    this.#watches.set(key, watch);
    return watch;
  }
}
