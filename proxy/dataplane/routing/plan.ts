import {
  bindFilters,
  type FilterKinds,
  type FilterWatch,
  type PassageStep,
} from "../../../lib/filters/bound-filter.ts";
import type { FilterIR, RuleIR, TargetIR } from "../../../lib/routing/ir.ts";
import type { Candidate } from "../../../lib/routing/match.ts";
import { prefixOf } from "../../../lib/routing/rewrite.ts";
import { pick } from "../../../lib/routing/split.ts";
import { invalidBackend, type LocalResponse, localResponses, unsecuredBackend } from "../message/local-response.ts";
import { wireText } from "../message/wire-text.ts";
import type { DurationStats } from "../stats/durations.ts";
import type { GatewayStats, ResponseStats, RuleStats } from "../stats/stats.ts";
import type { Backend } from "../upstream/backend.ts";
import { planRetry, type RetryPlan } from "../upstream/retry.ts";
import { type FilterPlan, planFilters } from "./filters.ts";
import type { GatewayTurns, SplitCounter } from "./split-counters.ts";

/** One share of a rule's traffic. */
export interface TargetPlan {
  readonly backend: Backend | undefined;
  /** Response for this share if there is no such backend. */
  readonly invalid: LocalResponse | undefined;
  /** Counts the requests that this rule gives it; shares without a backend are not counted. */
  readonly picked: { requests: number } | undefined;
  /** Filters of this backend, applied after the rule's. */
  readonly filters: FilterPlan;
  /** Filters of this backend in order, if the rule is extended. */
  readonly steps: readonly PassageStep[];
}

/** ExtensionRef filters for plans, by `group/kind`, and the watcher of their failures. */
export interface FilterExtensions {
  readonly kinds: FilterKinds;
  watchOf(key: string): FilterWatch;
}

/** The compiled handling of requests that a candidate matches; made when the first one comes. */
export class RoutePlan {
  readonly candidate: Candidate;
  readonly stats: RuleStats;
  readonly listener: ResponseStats;
  readonly durations: DurationStats;
  readonly filters: FilterPlan;
  /** True if the rule or one of its backends has an ExtensionRef: `RequestFilters` handles its requests. */
  readonly extended: boolean;
  /** The rule's filters in order, if it is extended. */
  readonly steps: readonly PassageStep[];
  /** The prefix that a ReplacePrefixMatch replaces. */
  readonly prefix: string | undefined;
  /** Request timeout in milliseconds; 0 for none, undefined for the proxy's default. */
  readonly requestTimeout: number | undefined;
  readonly backendTimeout: number | undefined;
  readonly retry: RetryPlan | undefined;
  /** True if its requests are gRPC calls. */
  readonly isGrpc: boolean;
  readonly #targets: readonly TargetPlan[];
  readonly #turn: SplitCounter;
  readonly #start: number;

  constructor(
    candidate: Candidate,
    stats: GatewayStats,
    turns: GatewayTurns,
    backendOf: (key: string) => Backend | undefined,
    extensions: FilterExtensions,
  ) {
    const { ir } = candidate.rule;
    this.candidate = candidate;
    this.stats = stats.rule(ir.id);
    this.listener = stats.listener(listenerKey(candidate.listener));
    this.durations = stats.route(routeKey(ir.route));
    this.#turn = turns.split(ir.id);
    this.#start = turns.start(candidate.rule.split);
    const mirrorTurns = { of: (place: string) => turns.mirror(ir.id, place), start: turns.start.bind(turns) };
    this.filters = planFilters(ir.filters, "rule", mirrorTurns, backendOf);
    this.extended = isExtended(ir);
    const stepsOf = (filters: readonly FilterIR[]) =>
      this.extended ? bindFilters(filters, extensions.kinds, (key) => extensions.watchOf(key), wireText) : [];
    this.steps = stepsOf(ir.filters);
    this.prefix = prefixOf(candidate.conditions);
    this.requestTimeout = ir.timeouts?.request;
    this.backendTimeout = ir.timeouts?.backendRequest;
    this.retry = planRetry(ir.retry);
    this.isGrpc = ir.route.kind === "GRPCRoute";
    this.#targets = ir.backends.map(({ target, filters }, index) => {
      const planned = planFilters(filters, `backend/${index}`, mirrorTurns, backendOf);
      const picked = "backend" in target ? this.stats.pickedOf(target.backend) : undefined;
      return { ...planTarget(target, backendOf), picked, filters: planned, steps: stepsOf(filters) };
    });
  }

  /** Returns the next target in turn, or undefined if none has a weight. */
  pick(): TargetPlan | undefined {
    const target = this.#targets[pick(this.candidate.rule.split, this.#start + this.#turn.next())];
    if (target?.picked !== undefined) target.picked.requests++;
    return target;
  }
}

function isExtended({ filters, backends }: RuleIR): boolean {
  const lists = [filters, ...backends.map((backend) => backend.filters)];
  return lists.some((list) => list.some(({ type }) => type === "ExtensionRef"));
}

function planTarget(target: TargetIR, backendOf: (key: string) => Backend | undefined) {
  if ("invalid" in target) {
    return { backend: undefined, invalid: invalidBackend(target.invalid, target.message) };
  }
  // Only `gatewright dev` uses open profiles, and it replaces such backends by echoes.
  if ("opaque" in target) {
    return { backend: undefined, invalid: invalidBackend("InvalidKind", `${target.opaque} is of no supported kind.`) };
  }
  const backend = backendOf(target.backend);
  if (backend === undefined) return { backend, invalid: localResponses.noBackend };
  const { missing } = backend;
  return { backend, invalid: missing === undefined ? undefined : unsecuredBackend(missing) };
}

/** Returns the name of a route's counters: `Kind/namespace/name`. */
export function routeKey({ kind, namespace, name }: RuleIR["route"]): string {
  return `${kind}/${namespace}/${name}`;
}

/** Returns the name of a listener's counters: `Kind/namespace/name/listener`. */
export function listenerKey({ parent, name }: Candidate["listener"]): string {
  return `${parent.kind}/${parent.namespace}/${parent.name}/${name}`;
}
