import fc from "fast-check";
import type { FilterIR, GatewayIR, MatchIR, RuleIR, ValueMatchIR } from "../../lib/routing/ir.ts";
import { hosts, webRequest } from "./arbitraries.ts";
import type { CaseRequest } from "./case.ts";
import { plainPorts } from "./configuration.ts";

/**
 * Random requests that are aimed at a match of the configuration. Each starts as a request that matches; then each part
 * is replaced by a random one with a small probability, so that near misses occur as well.
 */
export interface Aim {
  /** The index of the match, modulo the number of matches. */
  readonly target: number;
  /** The index of one of the values that fit a pattern. */
  readonly choice: number;
  /** The request is a preflight if a CORS filter applies. */
  readonly preflight: boolean;
  /** A request without an aim. The parts that `astray` names are taken from it. */
  readonly random: CaseRequest;
  readonly astray: readonly Part[];
}

type Part = "host" | "path" | "query" | "method" | "headers";

/** Includes a part in `astray` for one of `times` requests. */
const part = (name: Part, times: number) =>
  fc.constantFrom([name], ...Array.from({ length: times - 1 }, (): Part[] => []));
const parts = [part("host", 10), part("path", 20), part("query", 20), part("method", 20), part("headers", 20)];

export const anyAim: fc.Arbitrary<Aim> = fc.record({
  target: fc.nat(1_000_000),
  choice: fc.nat(1_000_000),
  preflight: fc.constantFrom(false, false, true),
  random: webRequest,
  astray: fc.tuple(...parts).map((drawn) => drawn.flat()),
});

interface Target {
  readonly port: number;
  readonly hostname: string;
  readonly rule: RuleIR;
  readonly match: MatchIR;
}

/** Returns a request for one of the matches in force, or the random request if there is none. */
export function aimAt({ ports, rules }: GatewayIR, aim: Aim): CaseRequest {
  const byRule = new Map<string, Target[]>();
  for (const { port, listeners } of ports) {
    for (const { hostname, rules: own } of listeners.flatMap((listener) => listener.hosts)) {
      for (const key of own) {
        const rule = rules[key] as RuleIR;
        const known = byRule.get(key) ?? [];
        byRule.set(key, [...known, ...rule.matches.map((match) => ({ port, hostname, rule, match }))]);
      }
    }
  }
  // Each rule is equally likely, even if many hosts share it.
  const all = [...byRule.values()];
  const targets = all[aim.target % all.length];
  if (targets === undefined) return aim.random;
  return requestFor(targets[aim.choice % targets.length] as Target, aim);
}

function requestFor({ port, hostname, rule, match }: Target, { choice, preflight, random, astray }: Aim): CaseRequest {
  const strays = (part: Part) => astray.includes(part);
  const [, randomHost = "", randomPath = "", randomQuery = ""] = /^http:\/\/([^/]+)([^?]*)(.*)$/.exec(random.url) ?? [];
  const plain = plainPorts[port] ?? port;
  const host = strays("host") ? randomHost : `${hostFor(hostname, choice)}${plain === 80 ? "" : `:${plain}`}`;
  const own = strays("headers") ? {} : Object.fromEntries(match.headers.map(({ name, value }) => [name, value]));
  if (rule.route.kind === "GRPCRoute") {
    const path = pathFor(match.path, choice, calls[choice % calls.length] as string);
    const headers = { ...random.headers, ...own, "content-type": "application/grpc", TE: "trailers" };
    return { method: "POST", url: `http://${host}${strays("path") ? "/pkg.Other/Say" : path}`, headers, body: "" };
  }
  const hasCORS = [...rule.filters, ...rule.backends.flatMap(({ filters }) => filters)].some(isCORS);
  const asksPreflight = preflight && hasCORS;
  const method = strays("method") ? random.method : (match.method ?? (asksPreflight ? "OPTIONS" : random.method));
  const path = strays("path") ? randomPath : pathFor(match.path, choice, randomPath);
  const query = strays("query") ? randomQuery : queryFor(match.queryParams, randomQuery);
  const origin = choice % 2 === 0 ? "https://foo.com" : "https://a.foo.com";
  return {
    ...(method !== undefined && { method }),
    url: `http://${host}${path}${query}`,
    headers: {
      ...random.headers,
      ...own,
      ...(asksPreflight && { origin, "access-control-request-method": "PUT" }),
    },
    body: method === "POST" ? (random.body ?? "") : "",
  };
}

/** The method of a gRPC call. */
const calls = ["/Say", "/Sing"];

function isCORS({ type }: FilterIR): boolean {
  return type === "CORS";
}

function hostFor(hostname: string, choice: number): string {
  if (!hostname.startsWith("*")) return hostname;
  const fitting = hosts.filter((host) => host.endsWith(hostname.slice(1)) && host.length >= hostname.length);
  return fitting[choice % fitting.length] ?? `x${hostname.slice(1)}`;
}

/** Texts that the patterns of the configurations match. */
const matched: Readonly<Record<string, readonly string[]>> = {
  "/a.*": ["/a", "/ab", "/a/c"],
  "/(a|b)/[bc]": ["/a/b", "/b/c"],
  "/.*b": ["/b", "/a/ab", "/c/b"],
};

function pathFor({ type, value }: MatchIR["path"], choice: number, rest: string): string {
  switch (type) {
    case "Exact":
      return value;
    case "PathPrefix":
      return choice % 3 === 0 ? value : `${value.replace(/\/$/, "")}${rest}`;
    case "RegularExpression": {
      const paths = matched[value] ?? [`/pkg.Echo${rest}`];
      return paths[choice % paths.length] as string;
    }
  }
}

/**
 * Returns a query with the parameters of the match first, since the first one of a name counts. Their patterns are
 * digits, which match themselves.
 */
function queryFor(params: readonly ValueMatchIR[], rest: string): string {
  const own = params.map((param) => `${param.name}=${param.value}`);
  const others = rest === "" ? [] : [rest.slice(1)];
  const all = [...own, ...others].join("&");
  return all === "" ? "" : `?${all}`;
}
