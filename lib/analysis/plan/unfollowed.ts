import type { Attachment } from "../../routing/attach/attachment.ts";
import { byRiskAlone } from "./changes.ts";
import { differencesBetween } from "./differences.ts";
import type { Risk, Treatment, UnfollowedChange } from "./plan.ts";
import { riskOf, treatmentOf } from "./treatment.ts";
import { type ReadRule, type UnfollowedRoute, unfollowedRoutes } from "./unfollowed-rules.ts";

/** Lists the changes of rules whose requests cannot be determined. It compares the rules themselves. */
export function unfollowedChangesOf(before: Attachment, after: Attachment): readonly UnfollowedChange[] {
  const [old, now] = [unfollowedRoutes(before), unfollowedRoutes(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .flatMap((key) => changesOfRoute(old.get(key) ?? none, now.get(key) ?? none))
    .sort(byRiskAlone);
}

const none: UnfollowedRoute = { name: "", parents: [], hostnames: [], hasOpaqueMatch: false, rules: () => [] };

function changesOfRoute(before: UnfollowedRoute, after: UnfollowedRoute): readonly UnfollowedChange[] {
  const name = after.name || before.name;
  const hostnames = listDifference("hostnames", before.hostnames, after.hostnames);
  const elsewhere = new Set([before, after].flatMap(parentsElsewhere));
  if (elsewhere.size === 0) {
    if (!before.hasOpaqueMatch && !after.hasOpaqueMatch) return [];
    const because = "only the controller of the class knows what the regular expression matches";
    return pairsOf(before.rules(), after.rules())
      .filter((pair) => pair.some((rule) => rule?.hasOpaqueMatch === true))
      .flatMap((pair) => changeOf(pair, { name, because, common: hostnames }));
  }
  // Parents whose requests can be determined on both sides appear among the traffic changes.
  const namesOf = ({ parents }: UnfollowedRoute) => parents.map((one) => one.name).filter((one) => elsewhere.has(one));
  const [old, now] = [namesOf(before), namesOf(after)];
  const rulesOf = (route: UnfollowedRoute, names: readonly string[]) => (names.length === 0 ? [] : route.rules());
  const isBoth = old.length > 0 && now.length > 0;
  const common = isBoth ? [...listDifference("parents", old, now), ...hostnames] : [];
  const because = reasonsOf(after) || reasonsOf(before);
  return pairsOf(rulesOf(before, old), rulesOf(after, now)).flatMap((pair) =>
    changeOf(pair, { name, because, common }),
  );
}

function parentsElsewhere({ parents }: UnfollowedRoute): readonly string[] {
  return parents.flatMap(({ name, because }) => (because === undefined ? [] : [name]));
}

function reasonsOf({ parents }: UnfollowedRoute): string {
  const reasons = parents.flatMap(({ name, because }) => (because === undefined ? [] : [`${name} ${because}`]));
  return reasons.join("; ");
}

function listDifference(name: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const words = (list: readonly string[]) => (list.length === 0 ? "none" : list.join(", "));
  return words(before) === words(after) ? [] : [`${name}: ${words(before)} → ${words(after)}`];
}

type RulePair = readonly [before: ReadRule | undefined, after: ReadRule | undefined];

/** Pairs the rules of both sides by name, then by equal matches, then by order. */
function pairsOf(before: readonly ReadRule[], after: readonly ReadRule[]): readonly RulePair[] {
  const left = new Set(before);
  const take = (fits: (rule: ReadRule) => boolean): ReadRule | undefined => {
    const found = [...left].find(fits);
    if (found !== undefined) left.delete(found);
    return found;
  };
  const found = new Map<ReadRule, ReadRule>();
  const pair = (fits: (old: ReadRule, now: ReadRule) => boolean) => {
    for (const now of after) {
      const old = found.has(now) ? undefined : take((rule) => fits(rule, now));
      if (old !== undefined) found.set(now, old);
    }
  };
  pair((old, now) => old.name !== undefined && old.name === now.name);
  pair((old, now) => old.matches.length > 0 && old.matches.join() === now.matches.join());
  pair(() => true);
  return [
    ...after.map((now): RulePair => [found.get(now), now]),
    ...[...left].map((old): RulePair => [old, undefined]),
  ];
}

interface RouteWords {
  readonly name: string;
  readonly because: string;
  /** Differences that apply to all rules of the route. */
  readonly common: readonly string[];
}

function changeOf([old, now]: RulePair, { name, because, common }: RouteWords): readonly UnfollowedChange[] {
  const [before, after] = [treatmentOrNone(old), treatmentOrNone(now)];
  const taken = old && now ? [...common, ...listDifference("matches", old.matches, now.matches)] : [];
  const handled = now === undefined ? [] : differencesBetween(old?.effect, now.effect);
  const risk = riskOf(before, after);
  if (old && now && risk === "handling" && taken.length + handled.length === 0) return [];
  return [
    {
      risk: taken.length > 0 ? riskierOf(risk, "moves") : risk,
      route: name,
      rule: (now ?? old)?.place ?? "",
      because,
      before,
      after,
      differences: [...taken, ...handled],
    },
  ];
}

function treatmentOrNone(rule: ReadRule | undefined): Treatment {
  return rule === undefined ? { backends: {}, failing: 1, answers: ["no rule"] } : treatmentOf(rule.effect);
}

function riskierOf(a: Risk, b: Risk): Risk {
  return byRiskAlone({ risk: a }, { risk: b }) <= 0 ? a : b;
}
