import { isCredential, shownText } from "../../api/kinds/credentials.ts";
import type { Unmet } from "../../routing/index/conditions.ts";
import type { Candidate, RequestHead } from "../../routing/index/model.ts";
import { fullName } from "./describe.ts";

/** Describes why a match does not take a request. `unmet` is the first condition that fails. */
export function mismatchWords(unmet: "path" | Unmet, { match, conditions }: Candidate, head: RequestHead): string {
  if (unmet === "path") return pathWords(match.path.type, match.path.value, head.path);
  if (unmet === "method") return `method is ${head.method}, not ${conditions.method}`;
  const { name, value, pattern } = unmet;
  const isHeader = conditions.headers.includes(unmet);
  const of = `${isHeader ? "header" : "query parameter"} ${name}`;
  const given = isHeader ? head.header(name) : new URLSearchParams(head.query).get(name);
  if (given === undefined || given === null) return `${of} is missing`;
  if (isCredential(name)) return `${of} is not what is asked for`;
  const asked = shownText(value);
  return `${of} is ${shownText(given)}, ${pattern === undefined ? `not ${asked}` : `which ${asked} does not match`}`;
}

function pathWords(type: Candidate["match"]["path"]["type"], expected: string, path: string): string {
  const value = shownText(expected);
  if (type === "Exact") return `path ${path} is not ${value}`;
  if (type === "PathPrefix") return `path ${path} is not under ${value}`;
  return `path ${path} does not match ${value}`;
}

/**
 * Describes why the winner precedes another match that takes the request: the first criterion of the API's precedence
 * in which they differ. The index determines the order; this function only names the criterion.
 */
export function precedenceWords(loser: Candidate, winner: Candidate | undefined): string {
  if (winner === undefined) return "it matches, yet nothing was chosen";
  const found = criteria.find(({ of }) => of(loser) !== of(winner));
  return found === undefined ? "it comes later" : `it matches too, but ${found.words(winner, loser)}`;
}

interface Criterion {
  /** The value that the criterion compares. Candidates with equal values are tied. */
  readonly of: (candidate: Candidate) => unknown;
  readonly words: (winner: Candidate, loser: Candidate) => string;
}

const criteria: readonly Criterion[] = [
  {
    of: ({ hostname }) => hostname,
    words: (winner, loser) => `hostname ${winner.hostname} is more specific than ${loser.hostname}`,
  },
  {
    of: ({ conditions }) => conditions.pathType,
    words: (winner, loser) => `${winner.conditions.pathType} goes before ${loser.conditions.pathType}`,
  },
  {
    of: ({ conditions }) => conditions.path.length,
    words: (winner, loser) =>
      `path ${shownText(winner.match.path.value)} is longer than ${shownText(loser.match.path.value)}`,
  },
  { of: ({ conditions }) => conditions.method !== undefined, words: () => "the winner asks for a method" },
  {
    of: ({ conditions }) => conditions.headers.length,
    words: (winner, loser) =>
      `the winner asks for more headers (${winner.conditions.headers.length} to ${loser.conditions.headers.length})`,
  },
  {
    of: ({ conditions }) => conditions.queryParams.length,
    words: (winner, loser) =>
      `the winner asks for more query parameters (${winner.conditions.queryParams.length} to ${loser.conditions.queryParams.length})`,
  },
  {
    of: ({ rule }) => rule.created,
    words: (winner) => `the winner's route is older (${winner.rule.ir.route.created})`,
  },
  {
    of: ({ rule }) => fullName(rule.ir.route),
    words: (winner, loser) =>
      `${fullName(winner.rule.ir.route)} comes before ${fullName(loser.rule.ir.route)} by namespace and name`,
  },
  {
    of: ({ rule }) => rule.ir.route.kind,
    words: (winner, loser) => `${winner.rule.ir.route.kind} goes before ${loser.rule.ir.route.kind}`,
  },
  { of: ({ rule }) => rule.ir.index, words: (winner) => `rule ${winner.rule.ir.index} comes first in the route` },
  { of: ({ matchIndex }) => matchIndex, words: (winner) => `match ${winner.matchIndex} comes first in the rule` },
];
