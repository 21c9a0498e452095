import type { MatchIR, RuleIR, ValueMatchIR } from "../ir.ts";
import { normalizePath } from "../normalize.ts";
import type { MatchWork } from "./match-work.ts";
import type { IndexProblem, MatchConditions, RequestHead, ValueCondition } from "./model.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import { findParameter, parameterEquals, parameterValue } from "./query.ts";

/**
 * Reports whether a request meets all conditions of a match except the path.
 *
 * A repeated header is compared as one value joined with ", ", which RFC 9110 section 5.3 makes equivalent; the API
 * leaves this open. For a repeated query parameter the first value counts.
 */
export function meets(conditions: MatchConditions, request: RequestHead, work: MatchWork): boolean {
  return firstUnmet(conditions, request, work) === undefined;
}

/** Returns the first condition, except the path, that a request does not meet. `explain` shows it. */
export function firstUnmet(conditions: MatchConditions, request: RequestHead, work: MatchWork): Unmet | undefined {
  const { method, headers, queryParams } = conditions;
  if (method !== undefined && method !== request.method) return METHOD;
  for (const header of headers) if (!meetsHeader(header, request, work)) return header;
  for (const parameter of queryParams) if (!meetsParameter(parameter, request.query, work)) return parameter;
  return undefined;
}

/** The unmet condition: the method, or one header or query parameter condition. */
export type Unmet = "method" | ValueCondition;

const METHOD = "method";

function meetsHeader(condition: ValueCondition, request: RequestHead, work: MatchWork): boolean {
  const value = request.header(condition.name);
  work.countLookup(value === undefined ? 0 : value.length);
  if (value === undefined) return false;
  return condition.pattern === undefined ? value === condition.value : condition.pattern.matches(value, work);
}

/** Queries of at least this length are parsed once for all conditions. */
const longQuery = 512;

function meetsParameter(condition: ValueCondition, query: string, work: MatchWork): boolean {
  const { name, value, pattern } = condition;
  work.countLookup(query.length);
  if (query.length >= longQuery) {
    const given = work.parametersOf(query).get(name);
    if (given === undefined) return false;
    return pattern === undefined ? given === value : pattern.matches(given, work);
  }
  const start = findParameter(query, name);
  if (start < 0) return false;
  if (pattern === undefined) return parameterEquals(query, start, value);
  return pattern.matches(parameterValue(query, start), work);
}

/** Compiles the matches of a rule. A match with an error is reported, and no request matches it. */
export function compileMatches(rule: RuleIR): { matches: MatchConditions[]; problems: IndexProblem[] } {
  const problems: IndexProblem[] = [];
  const matches = rule.matches.map((match, index) => {
    const faults: Fault[] = [];
    const compiled = compileMatch(match, faults);
    for (const { field, given, message } of faults) {
      const place = `spec.rules[${rule.index}].matches[${index}].${field}`;
      problems.push({ route: rule.route, rule: rule.index, field: place, given, message });
    }
    return compiled;
  });
  return { matches, problems };
}

type Fault = Pick<IndexProblem, "field" | "given" | "message">;

function compileMatch(match: MatchIR, faults: Fault[]): MatchConditions {
  const path = compilePath(match.path, faults);
  const headers = match.headers.map((header, i) => compileValue(header, `headers[${i}].value`, faults));
  const queryParams = match.queryParams.map((parameter, i) =>
    compileValue(parameter, `queryParams[${i}].value`, faults),
  );
  return {
    pathType: match.path.type,
    path: path.value,
    pattern: path.pattern,
    method: match.method,
    headers,
    queryParams,
    possible: faults.length === 0,
  };
}

function compilePath(
  { type, value }: MatchIR["path"],
  faults: Fault[],
): { value: string; pattern: Pattern | undefined } {
  if (type === "RegularExpression") return { value, pattern: compile(value, "path.value", faults) };
  const normalized = normalizePath(value);
  if (normalized.refused !== undefined || normalized.query !== "" || value.endsWith("?")) {
    const why = normalized.refused === undefined ? "A path match must not contain a query (?)." : normalized.message;
    faults.push({ field: "path.value", given: value, message: `No request can have this path. ${why}` });
    return { value, pattern: undefined };
  }
  const { path } = normalized;
  return { value: type === "PathPrefix" && path.endsWith("/") ? path.slice(0, -1) : path, pattern: undefined };
}

function compileValue({ type, name, value }: ValueMatchIR, field: string, faults: Fault[]): ValueCondition {
  return { name, value, pattern: type === "Exact" ? undefined : compile(value, field, faults) };
}

function compile(value: string, field: string, faults: Fault[]): Pattern | undefined {
  const compiled = compilePattern(value);
  if ("pattern" in compiled) return compiled.pattern;
  const what = compiled.tooLarge === undefined ? "not valid RE2 syntax" : "too large";
  faults.push({ field, given: value, message: `The regular expression is ${what}: ${compiled.error}.` });
  return undefined;
}
