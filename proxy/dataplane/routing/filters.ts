import type { FilterIR, HeaderIR, HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { CORSFilter } from "../../../lib/routing/rewrite/cors.ts";
import type { RedirectFilter, RewriteFilter } from "../../../lib/routing/rewrite.ts";
import { bit, CONTENT_LENGTH, fieldIdOfName, HOST, hopByHop, TRAILER } from "../http1/header-names.ts";
import { type FilterList, mirrorPlace, type Turn } from "../turns.ts";
import type { Backend } from "../upstream/backend.ts";
import { wireText } from "../wire-text.ts";

/** A RequestMirror filter with its place to send to. */
export interface MirrorPlan {
  readonly share: { readonly numerator: number; readonly denominator: number };
  /** Absent: the filter's backend is invalid, and what would be mirrored is dropped. */
  readonly backend: Backend | undefined;
  readonly turn: Turn;
  /** The turn that its cycle begins with. */
  readonly start: number;
}

/** The turns of one rule's mirrors. */
export interface MirrorTurns {
  of(place: string): Turn;
  start(cycle: { readonly total: number }): number;
}

/**
 * The filters of a rule or of one of its backends, sorted by what they do. Where there is an ExtensionRef among them,
 * their order is observable, and they are passed one by one instead: `RoutePlan.steps`.
 */
export interface FilterPlan {
  /** None of the lists below has an entry: what nearly every rule is. */
  readonly plain: boolean;
  /** Answers by itself, or must see the request before a backend is chosen. */
  readonly gate: boolean;
  readonly cors: CORSFilter | undefined;
  readonly redirect: RedirectFilter | undefined;
  readonly rewrites: readonly RewriteFilter[];
  readonly requestHeaders: readonly HeaderModifierIR[];
  readonly responseHeaders: readonly HeaderModifierIR[];
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
  const redirect = filters.find((filter) => filter.type === "RequestRedirect");
  // Filters behind a redirect never run.
  const reached = redirect === undefined ? filters : filters.slice(0, filters.indexOf(redirect));
  const cors = reached.find((filter) => filter.type === "CORS");
  return {
    plain: filters.length === 0,
    gate: cors !== undefined || redirect !== undefined,
    cors,
    redirect,
    rewrites: filters.filter((filter) => filter.type === "URLRewrite"),
    requestHeaders: modifiers(filters, "RequestHeaderModifier"),
    responseHeaders: modifiers(filters, "ResponseHeaderModifier"),
    mirrors: filters.flatMap((filter, index) => {
      if (filter.type !== "RequestMirror") return [];
      const backend = "backend" in filter.target ? backendOf(filter.target.backend) : undefined;
      const turn = turns.of(mirrorPlace(list, index));
      return [{ share: filter, backend, turn, start: turns.start({ total: filter.denominator }) }];
    }),
  };
}

function modifiers(filters: readonly FilterIR[], type: ModifierFilter["type"]): HeaderModifierIR[] {
  const isWanted = (filter: FilterIR): filter is ModifierFilter => filter.type === type;
  return filters.filter(isWanted).map((filter) => wireModifier(filter));
}

type ModifierFilter = Extract<FilterIR, HeaderModifierIR>;

/** Fields that frame a message or belong to one connection. A filter has no say about them, on either side. */
const untouchable = hopByHop | bit(CONTENT_LENGTH) | bit(TRAILER);

/** A modifier as the wire needs it: without fields that it must not touch, with values that are bytes. */
export function wireModifier({ set, add, remove }: HeaderModifierIR): HeaderModifierIR {
  const allowed = (name: string, mask: number) => (bit(fieldIdOfName(name)) & mask) === 0;
  const wire = (headers: readonly HeaderIR[]) =>
    headers
      .filter(({ name }) => allowed(name, untouchable))
      .map(({ name, value }) => ({ name, value: wireText(value) }));
  return {
    set: wire(set),
    add: wire(add).filter(({ name }) => name !== "host"),
    remove: remove.filter((name) => allowed(name, untouchable | bit(HOST))),
  };
}
