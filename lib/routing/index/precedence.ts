import type { Candidate } from "./model.ts";

/**
 * Compares two matches of one host by the order in which they are tried (`HTTPRouteRule.matches`): Exact paths, then
 * regular expressions with the longest first, then prefixes with the longest first, then `compareConditions`. The API
 * leaves the rank of regular expressions open. docs/decisions/0011-match-precedence.md has the reasons.
 *
 * @returns a negative number if `a` goes first.
 */
export function comparePrecedence(a: Candidate, b: Candidate): number {
  return comparePaths(a, b) || compareConditions(a, b);
}

const pathRanks = { Exact: 0, RegularExpression: 1, PathPrefix: 2 } as const;

function comparePaths({ conditions: a }: Candidate, { conditions: b }: Candidate): number {
  const ranks = pathRanks[a.pathType] - pathRanks[b.pathType];
  return ranks !== 0 || a.pathType === "Exact" ? ranks : b.path.length - a.path.length;
}

/**
 * Compares matches whose paths have the same type and length. A match with a method goes first, then the one with more
 * headers, more query parameters, the older route, the route first in alphabetical order of `namespace/name`, the
 * earlier rule, the earlier match.
 */
export function compareConditions(a: Candidate, b: Candidate): number {
  return (
    Number(b.conditions.method !== undefined) - Number(a.conditions.method !== undefined) ||
    b.conditions.headers.length - a.conditions.headers.length ||
    b.conditions.queryParams.length - a.conditions.queryParams.length ||
    compareRoutes(a, b) ||
    a.rule.ir.index - b.rule.ir.index ||
    a.matchIndex - b.matchIndex
  );
}

function compareRoutes({ rule: a }: Candidate, { rule: b }: Candidate): number {
  if (a.created !== b.created) return a.created < b.created ? -1 : 1;
  const first = `${a.ir.route.namespace}/${a.ir.route.name}`;
  const second = `${b.ir.route.namespace}/${b.ir.route.name}`;
  if (first !== second) return first < second ? -1 : 1;
  return a.ir.route.kind < b.ir.route.kind ? -1 : a.ir.route.kind > b.ir.route.kind ? 1 : 0;
}
