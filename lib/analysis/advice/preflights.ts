import type { Finding } from "../../findings/finding.ts";
import type { Candidate, PortIndex, RequestHead } from "../../routing/index/model.ts";
import type { FilterIR, RuleIR } from "../../routing/ir.ts";
import { candidatesOf, match } from "../../routing/match.ts";
import { matchWords, routeName, rulePlace } from "../traffic/describe.ts";
import { type AdviceInput, adviseRule } from "./input.ts";

type CORSFilter = Extract<FilterIR, { type: "CORS" }>;

/** GW3040: a rule has a CORS filter, but the preflights of its requests reach a rule without one. */
export function lostPreflights({ gateways, objects }: AdviceInput): Finding[] {
  const found = new Map<string, Finding>();
  for (const { index } of gateways) {
    for (const port of index.ports.values()) {
      const hostnames = new Set(port.listeners.flatMap(({ hosts }) => hosts.map(({ hostname }) => hostname)));
      for (const hostname of hostnames) {
        for (const candidate of candidatesOf(port, hostname)) {
          const { ir } = candidate.rule;
          if (candidate.hostname !== hostname || found.has(ir.id)) continue;
          const message = lostPreflight(port, sampleHost(hostname), candidate);
          if (message === undefined) continue;
          const field = `.filters[${ir.filters.findIndex(({ type }) => type === "CORS")}].cors`;
          const given = matchWords(candidate.match);
          found.set(ir.id, adviseRule({ gateways, objects }, ir, { code: "GW3040", field, message, given }));
        }
      }
    }
  }
  return [...found.values()];
}

/** A concrete host name that the hostname covers. */
function sampleHost(hostname: string): string {
  return hostname === "*" ? "example.com" : hostname.replace(/^\*\./, "any.");
}

/**
 * Says where the preflight of a request for this candidate goes, if it reaches no CORS filter. The request is built
 * from the match. A match with regular expressions gives no request, so the result is undefined.
 */
function lostPreflight(port: PortIndex, host: string, candidate: Candidate): string | undefined {
  const { conditions, rule, match: ir } = candidate;
  const filter = corsOf(rule.ir);
  const all = [...conditions.headers, ...conditions.queryParams];
  if (filter === undefined || ir.path.type === "RegularExpression" || all.some(({ pattern }) => pattern)) return;
  const method = conditions.method ?? filter.allowMethods.find((allowed) => allowed !== "*") ?? "GET";
  const custom = conditions.headers.filter(({ name }) => !carriedByPreflights.has(name));
  const needsPreflight = !simpleMethods.has(method) || filter.allowHeaders.length > 0 || custom.length > 0;
  if (method === "OPTIONS" || !needsPreflight) return;
  const query = conditions.queryParams
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const origin = filter.allowOrigins.find((allowed) => !allowed.includes("*")) ?? "https://example.org";
  const own = new Map(conditions.headers.map(({ name, value }) => [name, value]));
  const path = conditions.path === "" ? "/" : conditions.path;
  const common = { host, path, query };
  const actual = { ...common, method, header: headersOf(new Map([["origin", origin], ...own])) };
  if (match(port, actual) !== candidate) return;
  const sent = [...own].filter(([name]) => carriedByPreflights.has(name));
  const fields: [string, string][] = [["origin", origin], ["access-control-request-method", method], ...sent];
  const taker = match(port, { ...common, method: "OPTIONS", header: headersOf(new Map(fields)) });
  if (taker !== undefined && corsOf(taker.rule.ir) !== undefined) return;
  const end =
    taker === undefined
      ? "matches no rule and is answered 404"
      : `goes to ${routeName(taker.rule.ir)} ${rulePlace(taker.rule.ir)}, which has no CORS filter`;
  const without = custom.length === 0 ? "" : `, without the header ${custom.map(({ name }) => name).join(", ")}`;
  return `The preflight of ${method} ${path} is OPTIONS ${path}${without}: it ${end}. Browsers then refuse the request.`;
}

function headersOf(fields: ReadonlyMap<string, string>): RequestHead["header"] {
  return (name) => fields.get(name);
}

/** The CORS filter that a request of the rule reaches, which is one before any redirect. */
function corsOf({ filters }: RuleIR): CORSFilter | undefined {
  const redirect = filters.findIndex(({ type }) => type === "RequestRedirect");
  const reached = redirect === -1 ? filters : filters.slice(0, redirect);
  return reached.find((filter) => filter.type === "CORS");
}

/** The Fetch standard, "CORS-safelisted method": requests with these methods may need no preflight. */
const simpleMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"]);

/** A preflight carries these header fields of its request (the Fetch standard, "CORS-preflight fetch"). */
const carriedByPreflights: ReadonlySet<string> = new Set([
  "host",
  "origin",
  "user-agent",
  "accept-language",
  "referer",
]);
