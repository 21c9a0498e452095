import { shownText } from "../../api/kinds/credentials.ts";
import type { Finding } from "../../findings/finding.ts";
import type { Candidate, MatchConditions, PortIndex } from "../../routing/index/model.ts";
import { candidatesOf } from "../../routing/match.ts";
import { matchWords, routeName, rulePlace } from "../traffic/describe.ts";
import { type AdviceInput, adviseRule } from "./input.ts";

/** Lists the hostnames of the port's listeners and of the routes attached to them. */
function hostnamesOf(port: PortIndex): Set<string> {
  return new Set(port.listeners.flatMap(({ hosts }) => hosts.map(({ hostname }) => hostname)));
}

/** Yields, for every hostname of every port, the matches in the order in which they are tried. */
function* tried({ gateways }: AdviceInput): Generator<{ readonly hostname: string; readonly candidates: Candidate[] }> {
  for (const { index } of gateways) {
    for (const port of index.ports.values()) {
      for (const hostname of hostnamesOf(port)) yield { hostname, candidates: candidatesOf(port, hostname) };
    }
  }
}

/** Identifies a match of a rule across the hostnames and ports where it is tried. */
function identity({ rule, matchIndex }: Candidate): string {
  return `${rule.ir.id}#${matchIndex}`;
}

/** GW3001: an equal match precedes this one everywhere this one is attached. */
export function shadowedMatches(input: AdviceInput): Finding[] {
  const reached = new Set<string>();
  const shadowed = new Map<string, { readonly candidate: Candidate; readonly by: Candidate }>();
  for (const { hostname, candidates } of tried(input)) {
    const first = new Map<string, Candidate>();
    for (const candidate of candidates) {
      // Matches of wider hostnames are candidates here too; they are compared when their own hostname is visited.
      if (candidate.hostname !== hostname) continue;
      const key = criteria(candidate.conditions);
      const by = first.get(key);
      if (by === undefined) {
        first.set(key, candidate);
        reached.add(identity(candidate));
      } else {
        shadowed.set(identity(candidate), { candidate, by });
      }
    }
  }
  return [...shadowed]
    .filter(([id]) => !reached.has(id))
    .map(([, { candidate, by }]) => {
      const route = by.rule.ir.route === candidate.rule.ir.route ? "" : `${routeName(by.rule.ir)} `;
      return adviseRule(input, candidate.rule.ir, {
        code: "GW3001",
        field: `.matches[${candidate.matchIndex}]`,
        message: `No request reaches this match: ${route}${rulePlace(by.rule.ir)}.matches[${by.matchIndex}] asks for the same and precedes it.`,
        given: matchWords(candidate.match),
      });
    });
}

/** Returns equal text for equal conditions, regardless of their order. */
function criteria({ pathType, path, method, headers, queryParams }: MatchConditions): string {
  const sorted = (list: MatchConditions["headers"]) =>
    list.map(({ name, value, pattern }) => `${name} ${pattern === undefined ? "=" : "~"} ${value}`).sort();
  return JSON.stringify([pathType, path, method, sorted(headers), sorted(queryParams)]);
}

/** GW3010: a path is served only to requests with certain headers; other requests for it get 404. */
export function pathsBehindHeaders(input: AdviceInput): Finding[] {
  const found = new Map<string, Finding>();
  for (const { hostname, candidates } of tried(input)) {
    const open = candidates.filter(({ conditions }) => conditions.headers.length === 0);
    for (const candidate of candidates) {
      const { conditions, rule, match, matchIndex } = candidate;
      const id = identity(candidate);
      if (conditions.headers.length === 0 || candidate.hostname !== hostname || found.has(id)) continue;
      if (open.some((other) => coversPath(other.conditions, conditions))) continue;
      const where = hostname === "*" ? "" : ` of ${hostname}`;
      const advice = adviseRule(input, rule.ir, {
        code: "GW3010",
        field: `.matches[${matchIndex}].headers`,
        message: `${match.path.type} ${shownText(match.path.value)}${where} is served only to requests with these headers; without them the answer is 404.`,
      });
      found.set(id, advice);
    }
  }
  return [...found.values()];
}

/** A regular expression counts as covering every path, because its exceptions cannot be computed. */
function coversPath(wide: MatchConditions, narrow: MatchConditions): boolean {
  if (wide.pathType === "RegularExpression" || narrow.pathType === "RegularExpression") return true;
  if (wide.pathType === "Exact") return narrow.pathType === "Exact" && wide.path === narrow.path;
  return narrow.path === wide.path || narrow.path.startsWith(`${wide.path}/`);
}
