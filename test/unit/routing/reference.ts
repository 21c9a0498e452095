import type { GatewayIR, ListenerIR, MatchIR, RuleIR } from "../../../lib/routing/ir.ts";

/**
 * Matching by the text of the specification only: every match of every rule is tried against every request, and those
 * that match are sorted. It shares no code with the index.
 */

export interface ReferenceRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** Values by lower-case name, joined. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReferenceAnswer {
  readonly listener: string;
  readonly hostname: string;
  readonly rule: string;
  readonly matchIndex: number;
}

interface Survivor extends ReferenceAnswer {
  readonly ir: RuleIR;
  readonly match: MatchIR;
  /** The position of the host among those of the listener. */
  readonly order: number;
}

export function referenceMatch(ir: GatewayIR, port: number, request: ReferenceRequest): ReferenceAnswer | undefined {
  const listeners = ir.ports.find((candidate) => candidate.port === port)?.listeners ?? [];
  const listener = [...listeners]
    .filter(({ hostname = "*" }) => covers(hostname, request.host))
    .sort((a, b) => compareHostnames(a.hostname ?? "*", b.hostname ?? "*"))[0];
  if (listener === undefined) return undefined;
  const [winner] = survivors(ir, listener, request).sort(compareSurvivors);
  if (winner === undefined) return undefined;
  return { listener: winner.listener, hostname: winner.hostname, rule: winner.rule, matchIndex: winner.matchIndex };
}

function survivors(ir: GatewayIR, listener: ListenerIR, request: ReferenceRequest): Survivor[] {
  const found: Survivor[] = [];
  for (const [order, { hostname, rules }] of listener.hosts.entries()) {
    if (!covers(hostname, request.host)) continue;
    for (const hash of rules) {
      const rule = ir.rules[hash];
      for (const [matchIndex, match] of (rule?.matches ?? []).entries()) {
        if (rule === undefined || !holds(match, request)) continue;
        found.push({ listener: listener.name, hostname, rule: rule.id, matchIndex, ir: rule, match, order });
      }
    }
  }
  return found;
}

/** Returns whether a hostname covers a host: `*.example.com` covers a.example.com and a.b.example.com only. */
function covers(hostname: string, host: string): boolean {
  if (hostname === "*") return true;
  if (!hostname.startsWith("*.")) return hostname === host;
  const labels = host.split(".").reverse();
  const suffix = hostname.slice(2).split(".").reverse();
  return labels.length > suffix.length && suffix.every((label, i) => label === labels[i]);
}

/** Orders by most characters in a matching non-wildcard hostname, then by most characters in a matching hostname. */
function compareHostnames(a: string, b: string): number {
  const precise = (hostname: string) => (hostname.startsWith("*") ? 0 : hostname.length);
  return precise(b) - precise(a) || b.length - a.length;
}

function holds(match: MatchIR, request: ReferenceRequest): boolean {
  const parameters = new URLSearchParams(request.query);
  return (
    holdsPath(match.path, request.path) &&
    (match.method === undefined || match.method === request.method) &&
    match.headers.every((header) => holdsValue(header, request.headers[header.name])) &&
    match.queryParams.every((parameter) => holdsValue(parameter, parameters.get(parameter.name) ?? undefined))
  );
}

function holdsPath({ type, value }: MatchIR["path"], path: string): boolean {
  if (type === "Exact") return path === value;
  if (type === "RegularExpression") return new RegExp(`^(?:${value})$`).test(path);
  // The default match "has the effect of matching every HTTP request", `OPTIONS *` included.
  if (value === "/") return true;
  const elements = path.split("/");
  const prefix = (value.endsWith("/") ? value.slice(0, -1) : value).split("/");
  return prefix.every((element, i) => element === elements[i]);
}

function holdsValue({ type, value }: MatchIR["headers"][number], given: string | undefined): boolean {
  if (given === undefined) return false;
  return type === "Exact" ? given === value : new RegExp(`^(?:${value})$`).test(given);
}

function compareSurvivors(a: Survivor, b: Survivor): number {
  const criteria: readonly ((survivor: Survivor) => number | string)[] = [
    // A hostname that is listed twice stands for two hostnames of routes, in their order.
    ({ order }) => order,
    ({ match }) => ["Exact", "RegularExpression", "PathPrefix"].indexOf(match.path.type),
    ({ match }) => -characters(match.path),
    ({ match }) => (match.method === undefined ? 1 : 0),
    ({ match }) => -match.headers.length,
    ({ match }) => -match.queryParams.length,
    ({ ir }) => (ir.route.created === undefined ? Number.POSITIVE_INFINITY : new Date(ir.route.created).getTime()),
    ({ ir }) => `${ir.route.namespace}/${ir.route.name}`,
    ({ ir }) => ir.index,
    ({ matchIndex }) => matchIndex,
  ];
  const hostnames = compareHostnames(a.hostname, b.hostname);
  if (hostnames !== 0) return hostnames;
  for (const criterion of criteria) {
    const [first, second] = [criterion(a), criterion(b)];
    if (first !== second) return first < second ? -1 : 1;
  }
  return 0;
}

function characters({ type, value }: MatchIR["path"]): number {
  if (type === "Exact") return 0;
  return type === "PathPrefix" && value.endsWith("/") ? value.length - 1 : value.length;
}
