import type { Candidate, MatchConditions, ValueCondition } from "../../routing/index/model.ts";
import type { Pattern } from "../../routing/index/pattern.ts";

/** One thing that a match wants of a request: that a value of it is this one, or is one of a regular expression. */
export interface Predicate {
  /** What of the request: `path`, `method`, `header NAME`, `query NAME`. A request has one value of each, or none. */
  readonly of: string;
  readonly value: string;
  /** Absent: the value itself. Expressions are the same if their texts are. */
  readonly pattern: Pattern | undefined;
}

/** A match that may take requests of an area, in its place among the others. */
export interface Entry {
  readonly candidate: Candidate;
  /** What of it the area leaves open. */
  readonly predicates: readonly Predicate[];
  /** Equal for entries that want the same of a request, in whatever order they say it. */
  readonly wants: string;
}

/**
 * @param path of an area that is one path; undefined for one whose paths differ, where an expression decides.
 * @returns undefined if the path does not match the candidate's expression.
 */
export function entryOf(candidate: Candidate, path: string | undefined): Entry | undefined {
  const { conditions } = candidate;
  if (conditions.pattern === undefined) return { candidate, ...ofConditions(conditions) };
  if (path !== undefined) {
    return conditions.pattern.matches(path) ? { candidate, ...ofConditions(conditions) } : undefined;
  }
  const { predicates } = ofConditions(conditions);
  const own: Predicate = { of: "path", value: conditions.path, pattern: conditions.pattern };
  return { candidate, ...wanting([own, ...predicates]) };
}

const known = new WeakMap<MatchConditions, Pick<Entry, "predicates" | "wants">>();

function ofConditions(conditions: MatchConditions): Pick<Entry, "predicates" | "wants"> {
  const found = known.get(conditions);
  if (found !== undefined) return found;
  const { method, headers, queryParams } = conditions;
  const made = wanting([
    ...(method === undefined ? [] : [{ of: "method", value: method, pattern: undefined }]),
    ...headers.map((header) => ofValue("header", header)),
    ...queryParams.map((parameter) => ofValue("query", parameter)),
  ]);
  known.set(conditions, made);
  return made;
}

function wanting(predicates: readonly Predicate[]): Pick<Entry, "predicates" | "wants"> {
  return { predicates, wants: JSON.stringify(predicates.map(keyOf).sort()) };
}

export function keyOf({ of, value, pattern }: Predicate): string {
  return JSON.stringify([of, pattern === undefined ? "=" : "~", value]);
}

/** An expression without anything special in it is a value. */
function ofValue(of: string, { name, value, pattern }: ValueCondition): Predicate {
  const plain = pattern !== undefined && /^[\w/:;,=@%&~ -]*$/.test(value);
  return { of: `${of} ${name}`, value, pattern: plain ? undefined : pattern };
}
