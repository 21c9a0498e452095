import type { SimulatedAnswer } from "../../lib/analysis/traffic/simulate.ts";
import type { FilterIR, GatewayIR, RuleIR } from "../../lib/routing/ir.ts";
import type { Answered } from "./agreement.ts";

/** Counts requests by kind of outcome, and the filters that they passed by level. */
export class Outcomes {
  readonly #counts = new Map<string, number>();
  asked = 0;

  /** @param kinds the kinds of outcome of one request. */
  add(kinds: readonly string[]): void {
    this.asked += 1;
    for (const kind of kinds) this.#counts.set(kind, this.of(kind) + 1);
  }

  addAll(others: Outcomes): void {
    this.asked += others.asked;
    for (const [kind, count] of others.#counts) this.#counts.set(kind, this.of(kind) + count);
  }

  of(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  toString(): string {
    const sorted = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([kind, count]) => `${kind}: ${count}`).join(", ");
  }
}

/** Returns the kinds of outcome of one request: the response, the responder, and the filters that it passed. */
export function kindsOf(
  { rules }: GatewayIR,
  answer: SimulatedAnswer,
  { answerer, failure }: Answered,
): readonly string[] {
  const rule = Object.values(rules).find((each) => isAnsweredBy(each, answer));
  if (rule === undefined) return [`${answer.status} without a rule`];
  const backend = rule.backends.find(({ target }) => "backend" in target && target.backend === answerer);
  const passed = [
    ...typesOf(rule.filters).map((type) => `rule ${type}`),
    ...typesOf(backend?.filters ?? []).map((type) => `backend ${type}`),
  ];
  if (answerer !== undefined) {
    const isMirrored = Object.keys(answer.mirrors).length > 0;
    return [`${rule.route.kind} forwarded`, ...(isMirrored ? ["mirrored"] : []), ...passed.map(passes)];
  }
  if (failure !== undefined) return [`backend answers ${failure.reason}`];
  return [`rule answers ${answerOfRule(answer)}`];
}

function passes(filter: string): string {
  return `passed ${filter}`;
}

function answerOfRule({ status, location, respond, reason }: SimulatedAnswer): string {
  if (location !== undefined) return "RequestRedirect";
  if (respond !== undefined) return "ExtensionRef";
  return reason === undefined ? "CORSPreflight" : String(status);
}

function isAnsweredBy({ route, index }: RuleIR, answer: SimulatedAnswer): boolean {
  return answer.rule === index && answer.route === `${route.kind} ${route.namespace}/${route.name}`;
}

function typesOf(filters: readonly FilterIR[]): readonly string[] {
  return [...new Set(filters.map(({ type }) => type))];
}
