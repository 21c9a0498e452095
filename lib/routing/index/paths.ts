import type { Hash } from "../ir.ts";
import { candidateList, firstMet } from "./candidates.ts";
import { difference } from "./difference.ts";
import type { MatchWork } from "./match-work.ts";
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

/** The new content of one hostname of one listener. */
export interface HostContent {
  readonly listener: IndexedListener;
  readonly hostname: string;
  readonly rules: readonly Hash[];
}

/** The previous index of the same hostname and listener, with the rules that it references. */
export interface FormerHost {
  readonly host: HostPaths;
  readonly rules: ReadonlyMap<Hash, IndexedRule>;
}

/** Indexes the rules of one hostname by path. Paths that no changed rule names are reused from the former index. */
export function indexPaths(
  content: HostContent,
  rules: ReadonlyMap<Hash, IndexedRule>,
  former?: FormerHost,
): HostPaths {
  const { removed, added } = difference(former?.host.rules ?? [], content.rules);
  const gone = new Set(removed);
  const exact = new Map<string, Candidate[]>();
  const prefixes = new Map<string, Candidate[]>();
  const expressions: Candidate[] = [];
  let expressionsGone = false;
  for (const { conditions } of candidatesOf(content, removed, former?.rules)) {
    if (conditions.pathType === "RegularExpression") expressionsGone = true;
    else listOf(conditions.pathType === "Exact" ? exact : prefixes, conditions.path);
  }
  for (const candidate of candidatesOf(content, added, rules)) {
    const { pathType, path } = candidate.conditions;
    if (pathType === "RegularExpression") expressions.push(candidate);
    else listOf(pathType === "Exact" ? exact : prefixes, path).push(candidate);
  }
  const before = former?.host;
  const unchanged = expressions.length === 0 && !expressionsGone;
  return {
    ...content,
    exact: withLists(exact, before?.exact, gone),
    expressions:
      unchanged && before ? before.expressions : orderExpressions(expressions, before?.expressions ?? [], gone),
    prefixes: new PrefixTable(
      changedLists(prefixes, (path) => before?.prefixes.at(path), gone),
      before?.prefixes,
    ),
  };
}

/** Returns the winning match among the rules of one hostname. */
export function matchPaths(host: HostPaths, request: RequestHead, work: MatchWork): Candidate | undefined {
  const { path } = request;
  const { exact, expressions, prefixes } = host;
  const list = exact.get(path);
  if (list !== undefined) {
    const candidate = firstMet(list, request, work);
    if (candidate !== undefined) return candidate;
  }
  for (let i = 0; i < expressions.length; i++) {
    const { pattern, list: matching } = expressions[i] as Expression;
    const candidate = pattern.matches(path, work) ? firstMet(matching, request, work) : undefined;
    if (candidate !== undefined) return candidate;
  }
  for (let prefix = prefixes.find(path); prefix !== undefined; prefix = prefixes.shorter(prefix)) {
    const candidate = firstMet(prefix.value, request, work);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

function* candidatesOf(
  { listener, hostname }: HostContent,
  hashes: readonly Hash[],
  rules: ReadonlyMap<Hash, IndexedRule> | undefined,
): Generator<Candidate> {
  for (const hash of hashes) {
    const rule = rules?.get(hash);
    if (rule === undefined) continue;
    for (const [matchIndex, conditions] of rule.matches.entries()) {
      const match = rule.ir.matches[matchIndex];
      if (match !== undefined && conditions.possible) yield { rule, match, matchIndex, listener, hostname, conditions };
    }
  }
}

function listOf(table: Map<string, Candidate[]>, path: string): Candidate[] {
  const filed = table.get(path);
  if (filed !== undefined) return filed;
  const list: Candidate[] = [];
  table.set(path, list);
  return list;
}

/** Yields the new candidate list of each changed path, or undefined if the path has no candidates any more. */
function* changedLists(
  changes: ReadonlyMap<string, readonly Candidate[]>,
  before: (path: string) => CandidateList | undefined,
  gone: ReadonlySet<Hash>,
): Generator<[string, CandidateList | undefined]> {
  for (const [path, added] of changes) {
    const list = staying(before(path), gone).concat(added);
    yield [path, list.length === 0 ? undefined : candidateList(list)];
  }
}

function withLists(
  changes: ReadonlyMap<string, readonly Candidate[]>,
  before: ReadonlyMap<string, CandidateList> | undefined,
  gone: ReadonlySet<Hash>,
): ReadonlyMap<string, CandidateList> {
  if (changes.size === 0) return before ?? noLists;
  const lists = new Map(before);
  for (const [path, list] of changedLists(changes, (filed) => before?.get(filed), gone)) {
    if (list === undefined) lists.delete(path);
    else lists.set(path, list);
  }
  return lists;
}

const noLists: ReadonlyMap<string, CandidateList> = new Map();

function staying(list: CandidateList | undefined, gone: ReadonlySet<Hash>): Candidate[] {
  return list?.candidates.filter(({ rule }) => !gone.has(rule.hash)) ?? [];
}

/** Orders expressions by precedence. Neighbours with the same expression are grouped, so that it runs once for them. */
function orderExpressions(
  added: readonly Candidate[],
  before: readonly Expression[],
  gone: ReadonlySet<Hash>,
): Expression[] {
  const candidates = before.flatMap(({ list }) => staying(list, gone)).concat(added);
  const groups: { source: string; pattern: Pattern; candidates: Candidate[] }[] = [];
  for (const candidate of candidates.sort(comparePrecedence)) {
    const { path: source, pattern } = candidate.conditions;
    const last = groups.at(-1);
    if (last?.source === source) last.candidates.push(candidate);
    else if (pattern !== undefined) groups.push({ source, pattern, candidates: [candidate] });
  }
  return groups.map(({ pattern, candidates: group }) => ({ pattern, list: candidateList(group) }));
}
