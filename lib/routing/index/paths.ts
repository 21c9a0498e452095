import type { Hash } from "../ir.ts";
import { candidateList, firstMet } from "./candidates.ts";
import type {
  Candidate,
  CandidateList,
  Expression,
  HostPaths,
  IndexedListener,
  IndexedRule,
  RequestHead,
} from "./model.ts";
import type { Pattern } from "./pattern.ts";
import { comparePrecedence } from "./precedence.ts";
import { PrefixTable } from "./prefixes.ts";

/** Files the rules of one hostname by path. */
export function indexPaths(
  listener: IndexedListener,
  hostname: string,
  rules: readonly Hash[],
  indexed: ReadonlyMap<Hash, IndexedRule>,
): HostPaths {
  const exact = new Map<string, Candidate[]>();
  const prefixes = new Map<string, Candidate[]>();
  const expressions: Candidate[] = [];
  for (const hash of rules) {
    const rule = indexed.get(hash);
    if (rule === undefined) continue;
    for (const [matchIndex, conditions] of rule.matches.entries()) {
      const match = rule.ir.matches[matchIndex];
      if (match === undefined || !conditions.possible) continue;
      const candidate: Candidate = { rule, match, matchIndex, listener, hostname, conditions };
      if (conditions.pathType === "RegularExpression") expressions.push(candidate);
      else file(conditions.pathType === "Exact" ? exact : prefixes, conditions.path, candidate);
    }
  }
  return {
    hostname,
    listener,
    rules,
    exact: new Map(lists(exact)),
    expressions: orderExpressions(expressions),
    prefixes: new PrefixTable(lists(prefixes)),
  };
}

/** The winner among the rules of one hostname. */
export function matchPaths(host: HostPaths, request: RequestHead): Candidate | undefined {
  const { path } = request;
  const list = host.exact.get(path);
  if (list !== undefined) {
    const candidate = firstMet(list, request);
    if (candidate !== undefined) return candidate;
  }
  for (let i = 0; i < host.expressions.length; i++) {
    const { pattern, list: matching } = host.expressions[i] as Expression;
    const candidate = pattern.matches(path) ? firstMet(matching, request) : undefined;
    if (candidate !== undefined) return candidate;
  }
  for (let prefix = host.prefixes.find(path); prefix !== undefined; prefix = prefix.parent) {
    const candidate = firstMet(prefix.value, request);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

function file(table: Map<string, Candidate[]>, path: string, candidate: Candidate): void {
  const filed = table.get(path);
  if (filed === undefined) table.set(path, [candidate]);
  else filed.push(candidate);
}

function* lists(table: ReadonlyMap<string, readonly Candidate[]>): Generator<[string, CandidateList]> {
  for (const [path, candidates] of table) yield [path, candidateList(candidates)];
}

/** In order of precedence, neighbours with the same expression together, so that it runs once for them. */
function orderExpressions(candidates: Candidate[]): Expression[] {
  const groups: { source: string; pattern: Pattern; candidates: Candidate[] }[] = [];
  for (const candidate of candidates.toSorted(comparePrecedence)) {
    const { path: source, pattern } = candidate.conditions;
    const last = groups.at(-1);
    if (last?.source === source) last.candidates.push(candidate);
    else if (pattern !== undefined) groups.push({ source, pattern, candidates: [candidate] });
  }
  return groups.map(({ pattern, candidates: group }) => ({ pattern, list: candidateList(group) }));
}
