import type { FilterIR } from "../../routing/ir.ts";
import { isOpaqueFilter, reachedBy } from "../../routing/opaque-values.ts";
import { filterWords, opaqueName, routeName, rulePlace } from "../traffic/describe.ts";
import type { Effect, Outcomes, Unserved, Way } from "./outcome.ts";
import type { Risk, Treatment } from "./plan.ts";
import type { Entry } from "./predicates.ts";

/** The treatment of a cell's requests in one configuration. */
export function treatmentBy(taker: Entry | Unserved, outcomes: Outcomes): Treatment {
  if (taker === "closed") return { backends: {}, failing: 1, answers: ["no connection"] };
  if (taker === "unrouted") return { backends: {}, failing: 1, answers: ["404"] };
  const { ir } = taker.candidate.rule;
  return { route: routeName(ir), rule: rulePlace(ir), ...treatmentOf(outcomes.effectOf(taker)) };
}

/** The treatment that an effect amounts to, without naming a rule. */
export function treatmentOf(effect: Effect): Treatment {
  const opaque = opaqueNames(effect);
  return { ...treatmentIn(effect), ...(opaque.length > 0 && { opaque }) };
}

function opaqueNames({ filters, ways }: Effect): readonly string[] {
  return [...filters, ...ways.flatMap((way) => way.filters)].filter(isOpaqueFilter).map(opaqueName);
}

function treatmentIn({ filters, ways }: Effect): Pick<Treatment, "backends" | "failing" | "answers"> {
  const fault = faultOf(filters);
  if (fault !== undefined) return { backends: {}, failing: 1, answers: [fault] };
  const redirect = filters.find(({ type }) => type === "RequestRedirect");
  if (redirect !== undefined) return { backends: {}, failing: 0, answers: [filterWords(redirect)] };
  if (ways.length === 0) {
    // An extension filter may answer the request.
    if (filters.some(isOpaqueFilter)) return { backends: {}, failing: 0, answers: ["the filter's own answer"] };
    return { backends: {}, failing: 1, answers: ["500 (no backend)"] };
  }
  const backends: Record<string, number> = {};
  const answers = new Set<string>();
  let failing = 0;
  for (const way of ways) {
    const { target } = way;
    const answer = answerOf(way);
    if (answer !== undefined) answers.add(answer);
    const name = reachedBy(target);
    if (name !== undefined && faultOf(way.filters) === undefined) {
      backends[name] = (backends[name] ?? 0) + way.share;
    } else failing += way.share;
  }
  return { backends, failing, answers: [...answers] };
}

function answerOf({ target, filters }: Way): string | undefined {
  return "invalid" in target ? `500 (${target.invalid})` : faultOf(filters);
}

/** A filter that cannot run answers with an error, so the later filters and the backend see no request. */
function faultOf(filters: readonly FilterIR[]): string | undefined {
  const [broken] = filters.flatMap((filter) =>
    filter.type === "ExtensionRef" && "invalid" in filter.object ? [filter.object.invalid] : [],
  );
  return broken === undefined ? undefined : `500 (${broken})`;
}

export function riskOf(before: Treatment, after: Treatment): Risk {
  if (after.failing > before.failing) return "fails";
  if (after.failing < before.failing) return "serves";
  // All requests fail before and after: a listener that opens without a route moves no traffic.
  if (after.failing === 1) return "handling";
  const names = ({ backends, answers }: Treatment) => JSON.stringify([Object.keys(backends).sort(), answers]);
  if (names(before) !== names(after)) return "moves";
  const shares = ({ backends }: Treatment) => JSON.stringify(Object.entries(backends).sort());
  return shares(before) === shares(after) ? "handling" : "shares";
}
