import { servedFilterTypes } from "../filters/filter-types.ts";
import type { RouteObject } from "../objects.ts";
import type { ConditionProblem } from "./condition.ts";
import { type ControllerProfile, isOpen } from "./controller-profile.ts";
import { opaqueNote } from "./opaque.ts";
import { isOfExpression, RouteExpressions } from "./route-expressions.ts";

/**
 * Returns, for each rule, the problems that make the controller drop it. Other rules stay in force (condition
 * PartiallyInvalid, "Drop Rule"). Unknown values come from a cluster with a later version of the API. An invalid
 * regular expression is detected only when it is compiled.
 *
 * Under an open profile such values drop no rule: they are notes (`opaqueValues`).
 */
export function ruleProblems(route: RouteObject, profile: ControllerProfile): readonly (readonly ConditionProblem[])[] {
  if (route.kind === "HTTPRoute" || route.kind === "GRPCRoute") {
    const problems = problemsOfRules(route.spec.rules ?? []);
    if (!isOpen(profile)) return problems;
    return problems.map((ofRule) => ofRule.filter(({ code }) => !leftToImplementations.has(code)));
  }
  return route.spec.rules.map(() => []);
}

function problemsOfRules(rules: readonly CheckedRule[]): readonly (readonly ConditionProblem[])[] {
  const expressions = new RouteExpressions();
  return rules.map((rule, index) => problemsOfRule(rule, `spec.rules[${index}]`, expressions));
}

/** Codes for values that our proxy does not have, and for expressions that do not compile or are too large for it. */
const leftToImplementations: ReadonlySet<string> = new Set(["GW2406", "GW2475"]);

/** Returns notes on values that only the controller of the class knows: filter types, expressions other than RE2. */
export function opaqueValues(route: RouteObject, profile: ControllerProfile): readonly ConditionProblem[] {
  if (!isOpen(profile) || (route.kind !== "HTTPRoute" && route.kind !== "GRPCRoute")) return [];
  const problems = problemsOfRules(route.spec.rules ?? []).flat();
  return problems.flatMap(({ code, field = "", given = "", allowed = "", message }) => {
    if (!leftToImplementations.has(code)) return [];
    if (!isOfExpression(allowed)) {
      return [opaqueNote("GW2422", field, given, `Only the controller of the class knows ${given}.`)];
    }
    const unmatched = "Only the controller of the class knows what it matches; here it matches nothing.";
    return [{ ...opaqueNote("GW2422", field, given, `${message} ${unmatched}`), allowed }];
  });
}

/** Reports whether a note of `opaqueValues` is about a match of the rule that only the controller can evaluate. */
export function isUnknownMatch({ code, field = "", allowed = "" }: ConditionProblem, rule: number): boolean {
  const isMatch = code === "GW2422" && field.startsWith(`spec.rules[${rule}].matches[`);
  return isMatch && !isOfExpression(allowed);
}

/** Returns advice for fields of extended features that the proxy ignores without harm to the rule. */
export function unenforcedFields(route: RouteObject, profile: ControllerProfile): readonly ConditionProblem[] {
  if (isOpen(profile) || (route.kind !== "HTTPRoute" && route.kind !== "GRPCRoute")) return [];
  const rules: readonly CheckedRule[] = route.spec.rules ?? [];
  return rules.flatMap((rule, index): readonly ConditionProblem[] => {
    if (rule.sessionPersistence === undefined) return [];
    const field = `spec.rules[${index}].sessionPersistence`;
    return [{ code: "GW2408", field, message: "Session persistence is not enforced.", severity: "advice" }];
  });
}

/** The common fields of HTTPRoute and GRPCRoute rules. Enumerations are strings, because a later API may add values. */
interface CheckedRule {
  readonly matches?: readonly {
    readonly path?: { readonly type?: string; readonly value?: string };
    readonly method?: string | { readonly type?: string; readonly service?: string; readonly method?: string };
    readonly headers?: readonly CheckedValue[];
    readonly queryParams?: readonly CheckedValue[];
  }[];
  readonly filters?: readonly CheckedFilter[];
  readonly backendRefs?: readonly { readonly filters?: readonly CheckedFilter[] }[];
  readonly sessionPersistence?: unknown;
}

interface CheckedValue {
  readonly type?: string;
  readonly value: string;
}

interface CheckedFilter {
  readonly type: string;
  readonly requestRedirect?: {
    readonly scheme?: string;
    readonly statusCode?: number;
    readonly path?: { readonly type: string };
  };
  readonly urlRewrite?: { readonly path?: { readonly type: string } };
}

const pathTypes = ["Exact", "PathPrefix", "RegularExpression"];
const valueTypes = ["Exact", "RegularExpression"];
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
const pathModifiers = ["ReplaceFullPath", "ReplacePrefixMatch"];

function problemsOfRule(rule: CheckedRule, field: string, expressions: RouteExpressions): readonly ConditionProblem[] {
  return [
    ...(rule.matches ?? []).flatMap((match, index) => {
      const place = `${field}.matches[${index}]`;
      return [
        ...valueProblems(match.path, `${place}.path`, pathTypes, expressions),
        ...methodProblems(match.method, `${place}.method`, expressions),
        ...(match.headers ?? []).flatMap((one, i) =>
          valueProblems(one, `${place}.headers[${i}]`, valueTypes, expressions),
        ),
        ...(match.queryParams ?? []).flatMap((one, i) =>
          valueProblems(one, `${place}.queryParams[${i}]`, valueTypes, expressions),
        ),
      ];
    }),
    ...filterProblems(rule.filters ?? [], `${field}.filters`),
    ...(rule.backendRefs ?? []).flatMap(({ filters = [] }, index) =>
      filterProblems(filters, `${field}.backendRefs[${index}].filters`),
    ),
  ];
}

type MethodMatch = NonNullable<CheckedRule["matches"]>[number]["method"];

function methodProblems(
  method: MethodMatch,
  field: string,
  expressions: RouteExpressions,
): readonly ConditionProblem[] {
  if (method === undefined) return [];
  if (typeof method === "string") return unknownValue(method, methods, field);
  const { type, service, method: name } = method;
  return [
    ...unknownValue(type, valueTypes, `${field}.type`),
    ...(type === "RegularExpression"
      ? [...expressions.problems(service, `${field}.service`), ...expressions.problems(name, `${field}.method`)]
      : []),
  ];
}

function valueProblems(
  match: { readonly type?: string; readonly name?: string; readonly value?: string } | undefined,
  field: string,
  types: readonly string[],
  expressions: RouteExpressions,
): readonly ConditionProblem[] {
  if (match === undefined) return [];
  if (match.type === "RegularExpression") return expressions.problems(match.value, `${field}.value`, match.name);
  return unknownValue(match.type, types, `${field}.type`);
}

function filterProblems(filters: readonly CheckedFilter[], field: string): readonly ConditionProblem[] {
  const problems = filters.flatMap(({ type, requestRedirect, urlRewrite }, index) => {
    const place = `${field}[${index}]`;
    const redirect = `${place}.requestRedirect`;
    return [
      ...unknownValue(type, servedFilterTypes, `${place}.type`),
      ...unknownValue(requestRedirect?.scheme, ["http", "https"], `${redirect}.scheme`),
      ...unknownValue(text(requestRedirect?.statusCode), ["301", "302", "303", "307", "308"], `${redirect}.statusCode`),
      ...unknownValue(requestRedirect?.path?.type, pathModifiers, `${redirect}.path.type`),
      ...unknownValue(urlRewrite?.path?.type, pathModifiers, `${place}.urlRewrite.path.type`),
    ];
  });
  const rewrite = filters.findIndex(({ type }) => type === "URLRewrite");
  if (rewrite === -1 || !filters.some(({ type }) => type === "RequestRedirect")) return problems;
  const message = "URLRewrite and RequestRedirect cannot stand in one list of filters.";
  return [
    ...problems,
    { code: "GW2407", field: `${field}[${rewrite}]`, message, given: "URLRewrite, RequestRedirect" },
  ];
}

function unknownValue(value: string | undefined, known: readonly string[], field: string): readonly ConditionProblem[] {
  if (value === undefined || known.includes(value)) return [];
  const message = `${value} is not supported here.`;
  return [{ code: "GW2406", field, message, given: value, allowed: known.join(", ") }];
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
