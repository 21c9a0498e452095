import type { Construct } from "constructs";
import type { HTTPHeaderMatch, HTTPRouteMatch, HTTPRouteRule } from "../api/index.ts";
import type { CanaryProps } from "./canary-props.ts";
import { refusal, shareAt, weightsAt } from "./canary-steps.ts";

/** Returns the rules of the route. A split rule is preceded by a rule for the testers, if there are any. */
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

/** Reports whether a rule is split: it names no backends and does not redirect (CEL rules of HTTPRouteRule). */
function isMoved({ backendRefs, filters = [] }: HTTPRouteRule): boolean {
  return backendRefs === undefined && !filters.some(({ type }) => type === "RequestRedirect");
}

/** Combines each match of the rule with each tester's header. */
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
      // Only the first of two entries of one name counts (HTTPRouteMatch.headers): every request would match the rule.
      throw refusal(
        scope,
        id,
        `a rule asks for the header ${taken.name} already, so testers cannot be known by it: of two matches of one header only the first counts. Choose another header for the testers.`,
      );
    }),
  );
}
