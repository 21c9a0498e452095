import type { Finding } from "../../findings/finding.ts";
import { hostOf } from "../../routing/filters/header-modifier.ts";
import type { FilterIR, HeaderModifierIR, RuleIR } from "../../routing/ir.ts";
import { framingFields } from "../../routing/rewrite/headers.ts";
import { type AdviceInput, adviseRule, type RuleAdvice, rulesOf } from "./input.ts";

/** This module finds filters that have no effect because of their own content or because of their rule. */

/** A list of filters, of a rule or of one backend, with its path in the rule. */
interface FilterLevel {
  readonly filters: readonly FilterIR[];
  readonly under: string;
}

export function filtersWithoutEffect(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) =>
    [...unreached(rule), ...unweighted(rule), ...overridden(rule), ...levelsOf(rule).flatMap(ofLevel)].map((remark) =>
      adviseRule(input, rule, remark),
    ),
  );
}

function levelsOf({ filters, backends }: RuleIR): readonly FilterLevel[] {
  const own = backends.map((backend, index) => ({ filters: backend.filters, under: `.backendRefs[${index}]` }));
  return [{ filters, under: "" }, ...own];
}

function ofLevel({ filters, under }: FilterLevel): RuleAdvice[] {
  const cors = filters.some(({ type }) => type === "CORS");
  return filters.flatMap((filter, index) => {
    const at = `${under}.filters[${index}]`;
    if (doesNothing(filter)) {
      const message = `The ${filter.type} filter names nothing that it changes.`;
      return [{ code: "GW3045", field: at, message } as const];
    }
    if (filter.type === "RequestHeaderModifier")
      return [...unchangeable(filter, at, true), ...severalActions(filter, at)];
    if (filter.type !== "ResponseHeaderModifier") return [];
    return [...unchangeable(filter, at, false), ...severalActions(filter, at), ...(cors ? underCORS(filter, at) : [])];
  });
}

/** GW3041: a redirect keeps the request from these filters, or answers so that their changes reach no backend. */
function unreached({ filters, backends }: RuleIR): RuleAdvice[] {
  return [{ filters, under: "" }, ...backends.map((own, i) => ({ ...own, under: `.backendRefs[${i}]` }))].flatMap(
    (level) => {
      const redirect = level.filters.findIndex(({ type }) => type === "RequestRedirect");
      if (redirect === -1) return [];
      return level.filters.flatMap(({ type }, index) => {
        const ends = type === "CORS" || type === "ExtensionRef" || type === "RequestRedirect";
        if (index <= redirect && ends) return [];
        const why = index > redirect ? "ends the list in front of it" : "answers, so that nothing is forwarded";
        const message = `The ${type} filter has no effect: the redirect at filters[${redirect}] ${why}.`;
        return [{ code: "GW3041", field: `${level.under}.filters[${index}]`, message } as const];
      });
    },
  );
}

/** GW3042: the backend has weight 0 while others do not, so its filters see no request. */
function unweighted({ backends }: RuleIR): RuleAdvice[] {
  if (backends.every(({ weight }) => weight === 0)) return [];
  return backends.flatMap(({ weight, filters }, index) =>
    weight > 0 || filters.length === 0
      ? []
      : [
          {
            code: "GW3042",
            field: `.backendRefs[${index}].filters`,
            message: `The weight of backendRefs[${index}] is 0, so its filters see no request.`,
          } as const,
        ],
  );
}

/** GW3043: a filter modifies a response header that the CORS filter sets. */
function underCORS({ set, add, remove }: HeaderModifierIR, at: string): RuleAdvice[] {
  const names = [...set, ...add].map(({ name }) => name).concat(remove);
  return [...new Set(names)]
    .filter((name) => name.startsWith("access-control-"))
    .map((name) => ({
      code: "GW3043",
      field: `${at}.responseHeaderModifier`,
      message: `The CORS filter beside it decides ${name}, and has the last word.`,
      given: name,
    }));
}

const setHost = "to change the Host, use URLRewrite with hostname.";

/** GW3044: a filter names a header that no header modifier may change. */
function unchangeable({ set, add, remove }: HeaderModifierIR, at: string, ofRequest: boolean): RuleAdvice[] {
  const under = `${at}.${ofRequest ? "requestHeaderModifier" : "responseHeaderModifier"}`;
  const remarks: RuleAdvice[] = [];
  const remark = (list: string, name: string, why: string, fix: string, given = name) =>
    remarks.push({
      code: "GW3044",
      field: `${under}.${list}`,
      message: `The filter does not change ${name}: ${why}.`,
      given,
      fix,
    });
  const lists = { set: set.map(({ name }) => name), add: add.map(({ name }) => name), remove };
  for (const [list, names] of Object.entries(lists)) {
    for (const name of names) {
      if (framingFields.has(name))
        remark(list, name, "it frames the message or belongs to one connection", `Remove ${name} from ${list}.`);
      else if (ofRequest && name === "host" && list !== "set") {
        remark(
          list,
          name,
          "a request has exactly one Host, which only set can replace",
          `Remove host from ${list}; ${setHost}`,
        );
      }
    }
  }
  const value = set.find(({ name }) => name === "host")?.value;
  if (ofRequest && value !== undefined && hostOf(value) === undefined) {
    remark(
      "set",
      "host",
      "the value names no host",
      "Set host to a host name, such as acme.io or acme.io:8080.",
      value,
    );
  }
  return remarks;
}

/** GW3049: the API permits one action for a header name in one filter. GW3008 has the cases with remove. */
function severalActions({ set, add }: HeaderModifierIR, at: string): RuleAdvice[] {
  const names = new Set(set.map(({ name }) => name));
  return add
    .filter(({ name }) => names.has(name))
    .map(({ name }) => ({
      code: "GW3049",
      field: at,
      message: `The filter sets the header ${name} and adds to it.`,
      given: name,
    }));
}

/** GW3045: the filter has no content that could change anything. */
function doesNothing(filter: FilterIR): boolean {
  switch (filter.type) {
    case "RequestHeaderModifier":
    case "ResponseHeaderModifier":
      return filter.set.length + filter.add.length + filter.remove.length === 0;
    case "URLRewrite":
      return filter.hostname === undefined && filter.path === undefined;
    case "CORS":
      return filter.allowOrigins.length === 0;
    default:
      return false;
  }
}

/** GW3047: every backend of the rule has a rewrite that replaces the rule's rewrite. */
function overridden({ filters, backends }: RuleIR): RuleAdvice[] {
  const taking = backends.filter(({ weight }) => weight > 0);
  const index = filters.findIndex(({ type }) => type === "URLRewrite");
  const rewrite = filters[index];
  if (rewrite?.type !== "URLRewrite" || taking.length === 0) return [];
  return (["hostname", "path"] as const)
    .filter((part) => rewrite[part] !== undefined)
    .filter((part) => taking.every((backend) => backend.filters.some((own) => replaces(own, part))))
    .map((part) => ({
      code: "GW3047",
      field: `.filters[${index}].urlRewrite.${part}`,
      message: `Every backend of the rule has a filter that replaces this ${part}.`,
    }));
}

function replaces(filter: FilterIR, part: "hostname" | "path"): boolean {
  if (filter.type === "RequestRedirect") return true;
  if (filter.type === "URLRewrite") return filter[part] !== undefined;
  return (
    part === "hostname" && filter.type === "RequestHeaderModifier" && filter.set.some(({ name }) => name === "host")
  );
}
