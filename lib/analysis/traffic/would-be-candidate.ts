import { compareHostnames } from "../../routing/attach/hostnames.ts";
import { buildIndex } from "../../routing/index/build.ts";
import type { Candidate, RequestHead } from "../../routing/index/model.ts";
import { comparePrecedence } from "../../routing/index/precedence.ts";
import type { GatewayIR, MatchIR, RuleIR, ValueMatchIR } from "../../routing/ir.ts";
import { match } from "../../routing/match.ts";
import { relaxedPattern } from "./relaxed-pattern.ts";

/**
 * Returns the match that would take a request if these rules were in force with these hostnames. It uses the proxy's
 * index. An expression that does not compile counts as matching everything that it may be meant to match.
 */
export function wouldBeCandidate(
  rules: readonly RuleIR[],
  hostnames: readonly string[],
  head: RequestHead,
): Candidate | undefined {
  const parent = { kind: "Gateway", namespace: "", name: "" } as const;
  const entries = rules.map((rule, index) => [String(index), relaxed(rule)] as const);
  const hashes = entries.map(([hash]) => hash);
  const hosts = [...hostnames].sort(compareHostnames).map((hostname) => ({ hostname, rules: hashes }));
  const ir: GatewayIR = {
    version: 1,
    gateway: parent,
    ports: [{ port, protocol: "HTTP", listeners: [{ name: "", parent, hosts }] }],
    rules: Object.fromEntries(entries),
    backends: {},
  };
  const index = buildIndex(ir).ports.get(port);
  return index && match(index, head);
}

/** The only port of the hypothetical Gateway. Its number does not matter. */
const port = 1;

/** Returns true if candidate `a` precedes `b`, by hostname and then by the API's order of precedence. */
export function goesFirst(a: Candidate, b: Candidate | undefined): boolean {
  return b === undefined || (compareHostnames(a.hostname, b.hostname) || comparePrecedence(a, b)) < 0;
}

function relaxed(rule: RuleIR): RuleIR {
  return { ...rule, matches: rule.matches.map(relaxedMatch) };
}

function relaxedMatch({ path, headers, queryParams, ...rest }: MatchIR): MatchIR {
  return {
    ...rest,
    path: path.type === "RegularExpression" ? { ...path, value: relaxedPattern(path.value) } : path,
    headers: headers.map(relaxedValue),
    queryParams: queryParams.map(relaxedValue),
  };
}

function relaxedValue(one: ValueMatchIR): ValueMatchIR {
  return one.type === "RegularExpression" ? { ...one, value: relaxedPattern(one.value) } : one;
}
