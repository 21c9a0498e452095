import { compileFilters, type FilterStep } from "../../../lib/routing/filters/filter-types.ts";
import type { FilterIR } from "../../../lib/routing/ir.ts";
import { wireText } from "../message/wire-text.ts";
import type { Backend } from "../upstream/backend.ts";
import { type FilterList, mirrorPlace, type SplitCounter } from "./split-counters.ts";

/** A RequestMirror filter with its place to send to. */
export interface MirrorPlan {
  readonly filter: Extract<FilterIR, { type: "RequestMirror" }>;
  /** Absent: the filter's backend is invalid, and what would be mirrored is dropped. */
  readonly backend: Backend | undefined;
  readonly turn: SplitCounter;
  /** The turn that its cycle begins with. */
  readonly start: number;
}

/** The turns of one rule's mirrors. */
export interface MirrorTurns {
  of(place: string): SplitCounter;
  start(cycle: { readonly total: number }): number;
}

/**
 * The filters of a rule or of one of its backends, compiled. Where there is an ExtensionRef among them, a filter may have
 * to be waited for, and they are passed by `RequestFilters` instead: `RoutePlan.steps`.
 */
export interface FilterPlan {
  /** There are no filters, as in nearly every rule. */
  readonly plain: boolean;
  readonly steps: readonly FilterStep[];
  readonly mirrors: readonly MirrorPlan[];
}

/**
 * @param list where the filters stand in the rule, for the turns of mirrors.
 * @param backendOf the backend of a key of the IR.
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
