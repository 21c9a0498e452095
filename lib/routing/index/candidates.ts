import { meets } from "./conditions.ts";
import type { MatchWork } from "./match-work.ts";
import type { Candidate, CandidateList, HeaderIndex, RequestHead } from "./model.ts";
import { compareConditions } from "./precedence.ts";

/** Lists of at least this length are searched by header instead of linearly. */
const longList = 8;

/** Orders candidates with equally specific path matches. */
export function candidateList(candidates: readonly Candidate[]): CandidateList {
  if (candidates.length === 1) return { candidates, byHeader: undefined };
  const ordered = candidates.toSorted(compareConditions);
  return { candidates: ordered, byHeader: ordered.length >= longList ? indexHeaders(ordered) : undefined };
}

/** Returns the first candidate whose conditions the request meets. */
export function firstMet(list: CandidateList, request: RequestHead, work: MatchWork): Candidate | undefined {
  if (list.byHeader !== undefined) return firstByHeader(list.candidates, list.byHeader, request, work);
  const { candidates } = list;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as Candidate;
    if (meets(candidate.conditions, request, work)) return candidate;
  }
  return undefined;
}

function firstByHeader(
  candidates: readonly Candidate[],
  index: HeaderIndex,
  request: RequestHead,
  work: MatchWork,
): Candidate | undefined {
  let best = candidates.length;
  for (const { name, positions } of index.headers) {
    const value = request.header(name);
    work.countLookup(value === undefined ? 0 : value.length);
    const filed = value === undefined ? undefined : positions.get(value);
    if (filed !== undefined) best = firstOf(filed, best, candidates, request, work);
  }
  return candidates[firstOf(index.others, best, candidates, request, work)];
}

/** Returns the first of the ascending `positions` below `limit` whose conditions are met, or else `limit`. */
function firstOf(
  positions: readonly number[],
  limit: number,
  candidates: readonly Candidate[],
  request: RequestHead,
  work: MatchWork,
): number {
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    if (position >= limit) return limit;
    if (meets((candidates[position] as Candidate).conditions, request, work)) return position;
  }
  return limit;
}

/** Files each candidate under the exact header whose name has the most values in this list: the most selective. */
function indexHeaders(candidates: readonly Candidate[]): HeaderIndex | undefined {
  const values = new Map<string, Set<string>>();
  for (const { conditions } of candidates) {
    for (const { name, value, pattern } of conditions.headers) {
      if (pattern === undefined) values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  if (values.size === 0) return undefined;
  const variety = (name: string) => values.get(name)?.size ?? 0;
  const filed = new Map<string, Map<string, number[]>>();
  const others: number[] = [];
  for (const [position, { conditions }] of candidates.entries()) {
    const exact = conditions.headers.filter((header) => header.pattern === undefined);
    const telling = exact.toSorted((a, b) => variety(b.name) - variety(a.name))[0];
    if (telling === undefined) {
      others.push(position);
      continue;
    }
    const positions = filed.get(telling.name) ?? new Map<string, number[]>();
    filed.set(telling.name, positions);
    const sharing = positions.get(telling.value);
    if (sharing === undefined) positions.set(telling.value, [position]);
    else sharing.push(position);
  }
  return { headers: Array.from(filed, ([name, positions]) => ({ name, positions })), others };
}
