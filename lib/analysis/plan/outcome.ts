import type { BackendIR, BackendKey, FilterIR, GatewayIR, RuleIR } from "../../routing/ir.ts";
import { canonicalJson } from "../../routing/lower/canonical-json.ts";
import { prefixOf } from "../../routing/rewrite.ts";
import type { Entry } from "./predicates.ts";

/** What becomes of requests without a rule: nobody listens, or the answer is 404. */
export type Unserved = "closed" | "unrouted";

/** Tells what becomes of requests under one configuration, so that two of them can be compared. */
export class Outcomes {
  readonly #backends: GatewayIR["backends"];
  readonly #known = new Map<string, string>();

  constructor(ir: GatewayIR | undefined) {
    this.#backends = ir?.backends ?? {};
  }

  /**
   * Equal for entries that do the same with the requests they take, whatever their rules are called and wherever they
   * stand. Everything that a rule has counts but its name and its matches, so that no field is forgotten.
   */
  of({ candidate }: Entry): string {
    const { rule, conditions } = candidate;
    const prefix = replacesPrefix(rule.ir) ? prefixOf(conditions) : undefined;
    const key = JSON.stringify([rule.hash, prefix]);
    const found = this.#known.get(key) ?? canonicalJson(this.#effect(rule.ir, prefix));
    this.#known.set(key, found);
    return found;
  }

  #effect(rule: RuleIR, prefix: string | undefined): unknown {
    const { id: _, route, index: __, name: ___, matches: ____, backends, ...handling } = rule;
    const own = { kind: route.kind, ...(prefix !== undefined && { prefix }) };
    // What stands behind a redirect is never reached.
    const redirect = handling.filters.findIndex(({ type }) => type === "RequestRedirect");
    if (redirect >= 0) return { ...own, filters: handling.filters.slice(0, redirect + 1) };
    const targets = [...handling.filters, ...backends.flatMap(({ filters }) => filters)].flatMap(targetOfMirror);
    return { ...own, ...handling, shares: sharesOf(rule), spoken: this.#spoken([...targets, ...keysOf(rule)]) };
  }

  /** How each backend is spoken to. Which endpoints it has is not for a route to say. */
  #spoken(keys: readonly BackendKey[]): unknown {
    return Object.fromEntries(keys.flatMap((key) => (this.#backends[key] ? [[key, howTo(this.#backends[key])]] : [])));
  }
}

/** The share of each way that a rule's requests go, by what it is: 9 to 1 is 90 to 10. */
function sharesOf({ backends }: RuleIR): Readonly<Record<string, number>> {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  const shares: Record<string, number> = {};
  for (const { weight, target, filters } of backends) {
    if (weight === 0) continue;
    const way = canonicalJson({ target: "backend" in target ? target : { invalid: target.invalid }, filters });
    shares[way] = (shares[way] ?? 0) + weight;
  }
  return Object.fromEntries(Object.entries(shares).map(([way, weight]) => [way, weight / total]));
}

function keysOf({ backends }: RuleIR): BackendKey[] {
  return backends.flatMap(({ target, weight }) => ("backend" in target && weight > 0 ? [target.backend] : []));
}

function targetOfMirror(filter: FilterIR): BackendKey[] {
  return filter.type === "RequestMirror" && "backend" in filter.target ? [filter.target.backend] : [];
}

function howTo({ endpoints: _, kind: __, namespace: ___, name: ____, port: _____, ...how }: BackendIR): unknown {
  return how;
}

/** Then the prefix by which a request was matched decides what is sent on. */
function replacesPrefix({ filters, backends }: RuleIR): boolean {
  return [...filters, ...backends.flatMap((backend) => backend.filters)].some(
    (filter) =>
      (filter.type === "URLRewrite" || filter.type === "RequestRedirect") && filter.path?.type === "ReplacePrefixMatch",
  );
}
