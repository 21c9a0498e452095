import type { Finding } from "../../findings/finding.ts";
import type { FilterIR, RuleIR } from "../../routing/ir.ts";
import { isOpaqueFilter } from "../../routing/opaque-values.ts";
import { simulate } from "../traffic/simulate.ts";
import { type AdviceInput, adviseRule, rulesOf } from "./input.ts";

/** GW3004: a redirect leads to the URL of the request. */
export function redirectsToThemselves(input: AdviceInput): Finding[] {
  const found = new Map<string, Finding>();
  for (const gateway of input.gateways) {
    for (const port of gateway.index.ports.values()) {
      const scheme = port.protocol === "HTTPS" ? "https" : "http";
      const candidates = port.listeners
        .flatMap(({ hosts }) => hosts)
        .flatMap((host) =>
          host.rules.map((hash) => ({ host: sampleHost(host.hostname), rule: gateway.ir.rules[hash] })),
        );
      for (const { host, rule } of candidates) {
        const index = rule?.filters.findIndex(({ type }) => type === "RequestRedirect") ?? -1;
        if (rule === undefined || index === -1 || found.has(rule.id)) continue;
        // An extension filter may change the request, so the redirect's location is unknown.
        if (rule.filters.slice(0, index).some(isOpaqueFilter)) continue;
        const url = selfRedirect(
          rule,
          (path) => `${scheme}://${host}:${port.port}${path}`,
          (asked) => simulate(gateway, asked).location,
        );
        if (url !== undefined) found.set(rule.id, loop(input, rule, index, url));
      }
    }
  }
  return [...found.values()];
}

/** A concrete host name that the hostname covers. */
function sampleHost(hostname: string): string {
  return hostname === "*" ? "example.com" : hostname.replace(/^\*\./, "any.");
}

/** The URL of a request that the rule redirects to itself. Matches with regular expressions are skipped. */
function selfRedirect(
  rule: RuleIR,
  urlOf: (path: string) => string,
  locationOf: (request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
  }) => string | undefined,
): string | undefined {
  for (const { path, method, headers, queryParams } of rule.matches) {
    if ([path, ...headers, ...queryParams].some(({ type }) => type === "RegularExpression")) continue;
    const query = queryParams
      .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join("&");
    const url = urlOf(query === "" ? path.value : `${path.value}?${query}`);
    const fields = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const location = locationOf({ url, method: method ?? "GET", headers: fields });
    if (location !== undefined && sameUrl(location, url)) return location;
  }
  return undefined;
}

function sameUrl(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;
}

function loop(input: AdviceInput, rule: RuleIR, filter: number, url: string): Finding {
  return adviseRule(input, rule, {
    code: "GW3004",
    field: `.filters[${filter}].requestRedirect`,
    message: `A request for ${url} is redirected to ${url}: clients repeat it until they give up.`,
  });
}

/** GW3008: a filter sets or adds a header and also removes it. */
export function headersUndone(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) => [
    ...undone(input, rule, rule.filters, ""),
    ...rule.backends.flatMap(({ filters }, index) => undone(input, rule, filters, `.backendRefs[${index}]`)),
  ]);
}

const specNames = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
} as const;

function undone(input: AdviceInput, rule: RuleIR, filters: readonly FilterIR[], under: string): Finding[] {
  return filters.flatMap((filter, index) => {
    if (filter.type !== "RequestHeaderModifier" && filter.type !== "ResponseHeaderModifier") return [];
    const written = new Set([...filter.set, ...filter.add].map(({ name }) => name));
    return filter.remove
      .filter((name) => written.has(name))
      .map((name) =>
        adviseRule(input, rule, {
          code: "GW3008",
          field: `${under}.filters[${index}].${specNames[filter.type]}.remove`,
          message: `The filter writes the header ${name} and then removes it, so it never arrives.`,
          given: name,
        }),
      );
  });
}
