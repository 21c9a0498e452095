import type { Candidate, MatchConditions, ValueCondition } from "../../routing/index/model.ts";
import type { Pattern } from "../../routing/index/pattern.ts";

/** One condition of a match: a value of the request equals `value`, or matches a regular expression. */
export interface Predicate {
  /** The part of the request: `path`, `method`, `header NAME` or `query NAME`. Each has at most one value. */
  readonly of: string;
  readonly value: string;
  /** The compiled expression. Absent for an exact value. Expressions are equal if their texts are. */
  readonly pattern: Pattern | undefined;
}

/** A match that may take requests of an area. Entries are tried in order. */
export interface Entry {
  readonly candidate: Candidate;
  /** The conditions that the area does not already imply. */
  readonly predicates: readonly Predicate[];
  /** Equal for entries with equal conditions, regardless of their order. */
  readonly wants: string;
}

/**
 * @param path the path, if the area consists of one. If undefined, a path expression remains as a condition.
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

/** An expression without special characters is an exact value. */
function ofValue(of: string, { name, value, pattern }: ValueCondition): Predicate {
  const plain = pattern !== undefined && /^[\w/:;,=@%&~ -]*$/.test(value);
  return { of: `${of} ${name}`, value, pattern: plain ? undefined : pattern };
}
