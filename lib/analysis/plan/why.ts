import type { Candidate, IndexedRule } from "../../routing/index/model.ts";
import { routeName, rulePlace } from "../traffic/describe.ts";
import { precedenceWords } from "../traffic/mismatch-reasons.ts";
import type { RoutedGateway } from "../traffic/model.ts";
import type { Unserved } from "./outcome.ts";
import type { Entry } from "./predicates.ts";

/** The reason why a rule no longer takes the requests. Undefined if it still does, or if no rule took them before. */
export function whyMoved(
  before: Entry | Unserved,
  after: Entry | Unserved,
  now: RoutedGateway | undefined,
): string | undefined {
  if (typeof before === "string") return undefined;
  const { candidate } = before;
  const { ir } = candidate.rule;
  const taker = typeof after === "string" ? undefined : after.candidate;
  if (taker !== undefined && taker.rule.ir.id === ir.id) return undefined;
  const name = `${routeName(ir)} ${rulePlace(ir)}`;
  const rules = [...(now?.index.rules.values() ?? [])];
  const same = rules.find((rule) => rule.ir.id === ir.id);
  if (same === undefined) {
    const others = rules.some((rule) => routeName(rule.ir) === routeName(ir));
    return others ? `${name} is gone` : `${routeName(ir)} is gone, or attached no more`;
  }
  if (after === "closed") return "no listener takes them any more";
  if (taker === undefined) return `${name} does not match them any more`;
  const matchIndex = sameMatch(candidate, same);
  const own = same.ir.matches[matchIndex];
  const conditions = same.matches[matchIndex];
  if (own === undefined || conditions === undefined) return `${name} does not match them any more`;
  const words = precedenceWords({ ...candidate, rule: same, matchIndex, match: own, conditions }, taker);
  return words.replace(/^it matches too, but /, `${name} matches them too, but `);
}

/** The index of the match in a changed rule that is closest to the former match, or -1 if none is similar. */
function sameMatch({ match, matchIndex, conditions }: Candidate, { ir, matches }: IndexedRule): number {
  const whole = ir.matches.findIndex((one) => JSON.stringify(one) === JSON.stringify(match));
  if (whole >= 0) return whole;
  if (matches[matchIndex]?.path === conditions.path) return matchIndex;
  return matches.findIndex(({ path }) => path === conditions.path);
}
