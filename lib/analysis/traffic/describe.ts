import { shownText, shownValue } from "../../api/kinds/credentials.ts";
import { type ObjectReference, type Origin, sourceOf } from "../../findings/finding.ts";
import type { MatchIR, NamespacedName, RuleIR, ValueMatchIR } from "../../routing/ir.ts";

export {
  extensionName,
  fieldWords,
  filterFields,
  filterWords,
  lateWords,
  opaqueName,
  shareWords,
  targetWords,
} from "./filter-fields.ts";

/** The name with its namespace, such as `edge/acme-external`. */
export function fullName({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`;
}

/** The rule's route, such as `HTTPRoute store/acme-store`. */
export function routeName(rule: RuleIR): string {
  return `${rule.route.kind} ${fullName(rule.route)}`;
}

/** The rule as `rules[0]`, with its name if it has one. */
export function rulePlace(rule: RuleIR): string {
  return rule.name === undefined ? `rules[${rule.index}]` : `rules[${rule.index}] (${rule.name})`;
}

/** A match in words, such as `PathPrefix /store and method GET and header serve = canary`. */
export function matchWords({ path, method, headers, queryParams }: MatchIR): string {
  return [
    `${path.type} ${shownText(path.value)}`,
    ...(method === undefined ? [] : [`method ${method}`]),
    ...headers.map((header) => `header ${valueWords(header)}`),
    ...queryParams.map((parameter) => `query parameter ${valueWords(parameter)}`),
  ].join(" and ");
}

/** A condition in words: `serve = canary`, or `serve ~ ^canary-\d+$` for a regular expression. */
export function valueWords({ name, type, value }: ValueMatchIR): string {
  return `${name} ${type === "Exact" ? "=" : "~"} ${shownValue(name, value)}`;
}

/**
 * `file:line:column`, which editors and terminals link; the construct's path with the place of its call; or the
 * cluster.
 */
export function place(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  if ("construct" in origin && origin.call !== undefined)
    return `${origin.construct} (${origin.call.file}:${origin.call.line})`;
  if (!("file" in origin)) return sourceOf(origin);
  const { file, line, column } = origin;
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** The object's kind and name, such as `HTTPRoute store/acme-store`. */
export function objectName(object: ObjectReference): string {
  return `${object.kind} ${object.namespace === undefined ? "" : `${object.namespace}/`}${object.name}`;
}

/** The plural of a kind's name: `HTTPRoutes`, `GatewayClasses`, `BackendTLSPolicies`. */
export function pluralOf(kind: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
