import { compileFilters, type FilterStep } from "../../../lib/routing/filters/filter-types.ts";
import type { FilterIR } from "../../../lib/routing/ir.ts";
import { wireText } from "../message/wire-text.ts";
import type { Backend } from "../upstream/backend.ts";
import { type FilterList, mirrorPlace, type SplitCounter } from "./split-counters.ts";

/** A RequestMirror filter with its backend. */
export interface MirrorPlan {
  readonly filter: Extract<FilterIR, { type: "RequestMirror" }>;
  /** Absent: the filter's backend is invalid, and mirrored requests are dropped. */
  readonly backend: Backend | undefined;
  readonly turn: SplitCounter;
  /** First turn of its cycle. */
  readonly start: number;
}

/** The turns of one rule's mirrors. */
export interface MirrorTurns {
  of(place: string): SplitCounter;
  start(cycle: { readonly total: number }): number;
}

/**
 * The compiled filters of a rule or of one of its backends. If an ExtensionRef is among them, a filter may be
 * asynchronous, and `RequestFilters` applies them by `RoutePlan.steps` instead.
 */
export interface FilterPlan {
  /** True if there are no filters, as in nearly every rule. */
  readonly plain: boolean;
  readonly steps: readonly FilterStep[];
  readonly mirrors: readonly MirrorPlan[];
}

/**
 * @param list position of the filters in the rule, for the turns of mirrors.
 * @param backendOf returns the backend of a key of the IR.
 */
export function planFilters(
  filters: readonly FilterIR[],
  list: FilterList,
  turns: MirrorTurns,
  backendOf: (key: string) => Backend | undefined,
): FilterPlan {
  return {
    plain: filters.length === 0,
    steps: compileFilters(filters, wireText),
    mirrors: filters.flatMap((filter, index) => {
      if (filter.type !== "RequestMirror") return [];
      const backend = "backend" in filter.target ? backendOf(filter.target.backend) : undefined;
      const turn = turns.of(mirrorPlace(list, index));
      return [{ filter, backend, turn, start: turns.start({ total: filter.denominator }) }];
    }),
  };
}
