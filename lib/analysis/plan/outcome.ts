import type { BackendIR, FilterIR, GatewayIR, OpaqueTargetIR, RuleIR, TargetIR } from "../../routing/ir.ts";
import { canonicalJson } from "../../routing/lower/canonical-json.ts";
import type { RouteKind } from "../../routing/objects.ts";
import { prefixOf } from "../../routing/rewrite.ts";
import type { Entry } from "./predicates.ts";

/** The outcome of requests without a rule: no listener is open, or the answer is 404. */
export type Unserved = "closed" | "unrouted";

/**
 * The outcome of requests with a rule: its fields except name and matches, normalized so that equal rules are equal.
 */
export interface Effect {
  readonly kind: RouteKind;
  readonly filters: readonly FilterIR[];
  /** The backends with their shares, in the rule's order. Empty if the rule has a redirect, which forwards nothing. */
  readonly ways: readonly Way[];
  /** The protocol and TLS settings for each backend. Endpoints are left out, because routes do not decide them. */
  readonly backends: Readonly<Record<string, Pick<BackendIR, "protocol" | "tls"> | Pick<OpaqueTargetIR, "object">>>;
  /** The remaining members of the rule: timeouts, retries, and whatever rules gain later. */
  readonly handling: Readonly<Record<string, unknown>>;
  /** The path prefix that matched, if a filter replaces it. */
  readonly prefix?: string;
}

/** A backend with its share of a rule's requests. */
export interface Way {
  readonly target: TargetIR;
  readonly share: number;
  readonly filters: readonly FilterIR[];
}

/** Computes the outcome of requests under one configuration. */
export class Outcomes {
  readonly #backends: GatewayIR["backends"];
  readonly #keys = new Map<string, string>();

  constructor(ir: GatewayIR | undefined) {
    this.#backends = ir?.backends ?? {};
  }

  /** Returns equal text for entries with equal outcomes, also across configurations. */
  keyOf(entry: Entry): string {
    const id = JSON.stringify([entry.candidate.rule.hash, replacedPrefix(entry)]);
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const { ways, ...effect } = this.effectOf(entry);
    const shares = ways.map((way) => canonicalJson({ ...way, target: withoutWords(way.target) })).sort();
    const key = canonicalJson({ ...effect, shares });
    this.#keys.set(id, key);
    return key;
  }

  effectOf(entry: Entry): Effect {
    return this.effectOfRule(entry.candidate.rule.ir, replacedPrefix(entry));
  }

  /** @param prefix the path prefix that matched, if a filter replaces it. */
  effectOfRule(rule: RuleIR, prefix?: string): Effect {
    const { id: _, route, index: __, name: ___, matches: ____, backends, filters, ...handling } = rule;
    const own = { kind: route.kind, ...(prefix !== undefined && { prefix }) };
    const redirect = filters.findIndex(({ type }) => type === "RequestRedirect");
    if (redirect >= 0) {
      return { ...own, filters: filters.slice(0, redirect + 1), ways: [], backends: {}, handling: {} };
    }
    const ways = waysOf(backends);
    const mirrors = [...filters, ...ways.flatMap((way) => way.filters)].flatMap(targetsOfMirror);
    return {
      ...own,
      filters,
      ways,
      backends: this.#spokenTo([...ways.map(({ target }) => target), ...mirrors], route.kind),
      handling,
    };
  }

  /** The protocol and TLS settings for each backend. GRPCRoutes always use HTTP/2, see `BackendIR.protocol`. */
  #spokenTo(targets: readonly TargetIR[], kind: RouteKind): Effect["backends"] {
    return Object.fromEntries(
      targets.flatMap((target): [string, Effect["backends"][string]][] => {
        if ("opaque" in target) return target.object === undefined ? [] : [[target.opaque, { object: target.object }]];
        const backend = "backend" in target ? this.#backends[target.backend] : undefined;
        if (!("backend" in target) || backend === undefined) return [];
        const { tls } = backend;
        const protocol = kind === "GRPCRoute" ? "h2c" : backend.protocol;
        return [[target.backend, { protocol, ...(tls !== undefined && { tls }) }]];
      }),
    );
  }
}

/** Merges equal backends and normalizes weights to shares, so 9 to 1 equals 90 to 10. */
export function waysOf(backends: RuleIR["backends"]): readonly Way[] {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  const ways = new Map<string, { target: TargetIR; filters: readonly FilterIR[]; weight: number }>();
  for (const { weight, target, filters } of backends) {
    if (weight === 0) continue;
    const key = canonicalJson([withoutWords(target), filters]);
    const way = ways.get(key);
    if (way === undefined) ways.set(key, { target, filters, weight });
    else way.weight += weight;
  }
  return Array.from(ways.values(), ({ target, filters, weight }) => ({ target, share: weight / total, filters }));
}

function withoutWords(target: TargetIR): unknown {
  return "invalid" in target ? { invalid: target.invalid } : target;
}

function targetsOfMirror(filter: FilterIR): TargetIR[] {
  return filter.type === "RequestMirror" ? [filter.target] : [];
}

/** Returns the matched prefix if a filter replaces it, because the forwarded path then depends on it. */
function replacedPrefix({ candidate: { rule, conditions } }: Entry): string | undefined {
  const used = rule.ir.backends.filter(({ weight }) => weight > 0);
  const replaces = [...rule.ir.filters, ...used.flatMap(({ filters }) => filters)].some(
    (filter) =>
      (filter.type === "URLRewrite" || filter.type === "RequestRedirect") && filter.path?.type === "ReplacePrefixMatch",
  );
  return replaces ? prefixOf(conditions) : undefined;
}
