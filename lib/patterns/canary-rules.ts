import type { Construct } from "constructs";
import type { HTTPHeaderMatch, HTTPRouteMatch, HTTPRouteRule } from "../api/index.ts";
import type { CanaryProps } from "./canary-props.ts";
import { refusal, shareAt, weightsAt } from "./canary-steps.ts";

/** The rules of the route: for each that is moved, first the testers' own if there are testers, then the split. */
export function canaryRules(scope: Construct, id: string, props: CanaryProps): readonly HTTPRouteRule[] {
  const { stable, canary, rules = [{}], testers = [] } = props;
  const weights = weightsAt(shareAt(scope, id, props), props);
  const split = [
    { ...stable, weight: weights.stable },
    { ...canary, weight: weights.canary },
  ];
  return rules.flatMap((rule): readonly HTTPRouteRule[] => {
    if (!isMoved(rule)) return [rule];
    const moved = { ...rule, backendRefs: split };
    if (testers.length === 0) return [moved];
    const matches = ofTesters(scope, id, rule, testers);
    const { name } = rule;
    return [{ ...rule, ...(name !== undefined && { name: `${name}-testers` }), matches, backendRefs: [canary] }, moved];
  });
}

/** A rule that names backends is about something else, and one that redirects has none (HTTPRouteRule, CEL rules). */
function isMoved({ backendRefs, filters = [] }: HTTPRouteRule): boolean {
  return backendRefs === undefined && !filters.some(({ type }) => type === "RequestRedirect");
}

/** Each match of the rule with each way to be a tester. */
function ofTesters(
  scope: Construct,
  id: string,
  { matches = [{}] }: HTTPRouteRule,
  testers: readonly HTTPHeaderMatch[],
): readonly HTTPRouteMatch[] {
  return matches.flatMap((match) =>
    testers.map((tester) => {
      const { headers = [] } = match;
      const taken = headers.find(({ name }) => name.toLowerCase() === tester.name.toLowerCase());
      if (taken === undefined) return { ...match, headers: [...headers, tester] };
      // Of two entries with one name only the first counts (HTTPRouteMatch.headers): it would let everyone be a tester.
      throw refusal(
        scope,
        id,
        `a rule asks for the header ${taken.name} already, so testers cannot be known by it: of two matches of one header only the first counts. Choose another header for the testers.`,
      );
    }),
  );
}
