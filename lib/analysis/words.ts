import { shownValue } from "../api/credentials.ts";
import { extensionKey } from "../api/extension.ts";
import { type ObjectReference, type Origin, sourceOf } from "../api/finding.ts";
import type {
  FilterIR,
  HeaderModifierIR,
  MatchIR,
  NamespacedName,
  PathModifierIR,
  RuleIR,
  TargetIR,
  ValueMatchIR,
} from "../routing/ir.ts";

/** `edge/acme-external`. */
export function fullName({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`;
}

/** `HTTPRoute store/acme-store`. */
export function routeName(rule: RuleIR): string {
  return `${rule.route.kind} ${fullName(rule.route)}`;
}

/** `rules[0]`, with the rule's own name where it has one. */
export function rulePlace(rule: RuleIR): string {
  return rule.name === undefined ? `rules[${rule.index}]` : `rules[${rule.index}] (${rule.name})`;
}

/** `PathPrefix /store and method GET and header serve = canary`. */
export function matchWords({ path, method, headers, queryParams }: MatchIR): string {
  return [
    `${path.type} ${path.value}`,
    ...(method === undefined ? [] : [`method ${method}`]),
    ...headers.map((header) => `header ${valueWords(header)}`),
    ...queryParams.map((parameter) => `query parameter ${valueWords(parameter)}`),
  ].join(" and ");
}

/** `serve = canary`, or `serve ~ ^canary-\d+$` for a regular expression. */
export function valueWords({ name, type, value }: ValueMatchIR): string {
  return `${name} ${type === "Exact" ? "=" : "~"} ${shownValue(name, value)}`;
}

export function targetWords(target: TargetIR): string {
  return "backend" in target ? target.backend : `no backend (${target.invalid}: ${target.message})`;
}

/** What a filter does, in a phrase that starts with its type. */
export function filterWords(filter: FilterIR): string {
  const doing = filterDetail(filter);
  return doing === "" ? filter.type : `${filter.type}: ${doing}`;
}

function filterDetail(filter: FilterIR): string {
  switch (filter.type) {
    case "RequestHeaderModifier":
    case "ResponseHeaderModifier":
      return headerWords(filter);
    case "RequestRedirect":
      return list([
        `answer ${filter.statusCode}`,
        filter.scheme && `scheme ${filter.scheme}`,
        filter.hostname && `host ${filter.hostname}`,
        filter.port !== undefined && `port ${filter.port}`,
        filter.path && pathWords(filter.path),
      ]);
    case "URLRewrite":
      return list([filter.hostname && `host ${filter.hostname}`, filter.path && pathWords(filter.path)]);
    case "RequestMirror":
      return `${shareWords(filter.numerator / filter.denominator)} of the requests to ${targetWords(filter.target)}`;
    case "CORS":
      return `origins ${filter.allowOrigins.join(", ")}`;
    case "ExtensionRef":
      return "invalid" in filter.object
        ? `${extensionName(filter)} (${filter.object.invalid}: ${filter.object.message})`
        : extensionName(filter);
  }
}

/** `acme.io/RequireApiKey store/partners`. */
export function extensionName(filter: Extract<FilterIR, { type: "ExtensionRef" }>): string {
  return `${extensionKey(filter)} ${fullName(filter)}`;
}

function headerWords({ set, add, remove }: HeaderModifierIR): string {
  return list([
    ...set.map(({ name, value }) => `set ${name}: ${shownValue(name, value)}`),
    ...add.map(({ name, value }) => `add ${name}: ${shownValue(name, value)}`),
    ...remove.map((name) => `remove ${name}`),
  ]);
}

function pathWords({ type, value }: PathModifierIR): string {
  return type === "ReplaceFullPath" ? `path ${value}` : `matched prefix becomes ${value}`;
}

function list(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => typeof part === "string" && part !== "").join(", ");
}

/**
 * A share of 1 as a percentage with two decimals: `90 %`, `33.33 %`. Within 0.01 of nothing and of all it has two
 * significant digits of what is between, `0.0001 %` and `99.9999 %`: weights go to a million, and `0 %` is for none.
 */
export function shareWords(share: number): string {
  const percent = share * 100;
  const between = Math.min(share, 1 - share) * 100;
  if (between <= 0 || between >= 0.01) return `${Number(percent.toFixed(2))} %`;
  const decimals = Math.min(Math.ceil(-Math.log10(between)) + 1, 100);
  // Not by way of a number, which would be written with an exponent.
  return `${percent.toFixed(decimals).replace(/\.?0+$/, "")} %`;
}

/** `file:line:column`, as editors and terminals link it, the construct's path, or the cluster. */
export function place(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  if (!("file" in origin)) return sourceOf(origin);
  const { file, line, column } = origin;
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** `HTTPRoute store/acme-store`. */
export function objectName(object: ObjectReference): string {
  return `${object.kind} ${object.namespace === undefined ? "" : `${object.namespace}/`}${object.name}`;
}

/** The plural of a kind's name: `HTTPRoutes`, `GatewayClasses`, `BackendTLSPolicies`. */
export function pluralOf(kind: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
