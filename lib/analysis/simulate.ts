import type { Candidate } from "../routing/index/model.ts";
import type { FilterIR, HeaderModifierIR, RuleIR } from "../routing/ir.ts";
import { answerCORS } from "../routing/rewrite/cors.ts";
import { modifyHeaders } from "../routing/rewrite/headers.ts";
import { prefixOf, redirectLocation, rewriteRequest } from "../routing/rewrite.ts";
import { decide, type ParsedRequest, type Request } from "./decide.ts";
import type { RoutedGateway } from "./model.ts";
import { fullName, routeName } from "./words.ts";

/** What becomes of a request at a Gateway. */
export interface Answer {
  /** `namespace/name`. */
  readonly gateway: string;
  /** The status when no backend is asked: a redirect, a CORS preflight, 400, 404, or 500. */
  readonly status?: number;
  /** The share of such requests that each backend gets, by `namespace/name:port`. They sum to 1 less `failures`. */
  readonly backends: Readonly<Record<string, number>>;
  /** Shares answered 500 because their backend is invalid. */
  readonly failures: readonly Failure[];
  /** The share of such requests that each backend gets a copy of. */
  readonly mirrors: Readonly<Record<string, number>>;
  /** Why no backend is asked, when that is not what a filter wants. */
  readonly reason?: string;
  readonly listener?: string;
  /** Such as `HTTPRoute store/acme-store`. */
  readonly route?: string;
  /** Position in the route. */
  readonly rule?: number;
  /** Position in the rule. */
  readonly match?: number;
  /** Of a redirect. */
  readonly location?: string;
  /** The request after the rule's filters. The proxy adds its forwarding headers to it. */
  readonly request?: ForwardedRequest;
  /** The request as each backend gets it: with that backend's own filters. */
  readonly requests: Readonly<Record<string, ForwardedRequest>>;
  /** What is done to the headers of the answer, first to last. */
  readonly responseHeaders: readonly HeaderModifierIR[];
}

export interface Failure {
  readonly share: number;
  readonly status: 500;
  /** The Gateway API's condition reason, such as BackendNotFound. */
  readonly reason: string;
  readonly message: string;
}

export interface ForwardedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  /** Names in lower case; several values joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
}

/** Computes what a Gateway does with a request. Nothing is sent. */
export function simulate(gateway: RoutedGateway, asked: Request): Answer {
  const decision = decide(gateway, asked);
  const nothing = {
    gateway: fullName(gateway.ir.gateway),
    backends: {},
    failures: [],
    mirrors: {},
    requests: {},
    responseHeaders: [],
  };
  if (decision.kind === "refused") return { ...nothing, status: decision.status, reason: decision.reason };
  if (decision.kind === "closed") return { ...nothing, reason: decision.reason };
  if (decision.kind === "unrouted") {
    const listener = decision.routing?.listener.name;
    return {
      ...nothing,
      status: decision.status,
      reason: decision.reason,
      ...(listener === undefined ? {} : { listener }),
    };
  }
  const { candidate, request } = decision;
  return {
    ...nothing,
    listener: candidate.listener.name,
    route: routeName(candidate.rule.ir),
    rule: candidate.rule.ir.index,
    match: candidate.matchIndex,
    ...carryOut(candidate, request),
  };
}

type Effect = Pick<Answer, "status" | "reason" | "location" | "request"> &
  Partial<Pick<Answer, "backends" | "failures" | "mirrors" | "requests" | "responseHeaders">>;

function carryOut(candidate: Candidate, request: ParsedRequest): Effect {
  const { ir } = candidate.rule;
  const passed = passFilters(ir.filters, candidate, request, start(request));
  if ("status" in passed) return passed;
  return { request: forwarded(passed), ...split(ir, candidate, request, passed) };
}

/** A request on its way through filters. */
interface Passing {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly mirrors: ReadonlyMap<string, number>;
  readonly responseHeaders: readonly HeaderModifierIR[];
}

function start({ head, headers }: ParsedRequest): Passing {
  const { method, host, path, query } = head;
  return { method, host: head.header("host") ?? host, path, query, headers, mirrors: new Map(), responseHeaders: [] };
}

/** Runs filters in their order; one that answers the request ends it. */
function passFilters(
  filters: readonly FilterIR[],
  candidate: Candidate,
  request: ParsedRequest,
  begun: Passing,
): Passing | (Effect & { readonly status: number }) {
  let passing = begun;
  const prefix = prefixOf(candidate.conditions);
  for (const filter of filters) {
    switch (filter.type) {
      case "RequestHeaderModifier":
        passing = { ...passing, headers: modifyHeaders(passing.headers, filter) };
        break;
      case "ResponseHeaderModifier": {
        const { set, add, remove } = filter;
        passing = { ...passing, responseHeaders: [...passing.responseHeaders, { set, add, remove }] };
        break;
      }
      case "URLRewrite": {
        const { path, query, host } = rewriteRequest(filter, passing, prefix);
        passing = { ...passing, path, query, host: host ?? passing.host };
        break;
      }
      case "RequestMirror":
        passing = { ...passing, mirrors: withMirror(passing.mirrors, filter) };
        break;
      case "CORS": {
        const { kind, headers } = answerCORS(filter, request.head);
        const responseHeaders = [...passing.responseHeaders, headers];
        if (kind === "preflight") return { status: 204, responseHeaders };
        passing = { ...passing, responseHeaders };
        break;
      }
      case "RequestRedirect": {
        const { scheme, port, head } = request;
        const location = redirectLocation(filter, { ...head, scheme, port }, prefix);
        return { status: filter.statusCode, location, responseHeaders: passing.responseHeaders };
      }
      case "ExtensionRef":
        break;
    }
  }
  return passing;
}

function withMirror(mirrors: ReadonlyMap<string, number>, filter: Extract<FilterIR, { type: "RequestMirror" }>) {
  if (!("backend" in filter.target)) return mirrors;
  const share = Math.min(filter.numerator / filter.denominator, 1);
  return new Map(mirrors).set(filter.target.backend, (mirrors.get(filter.target.backend) ?? 0) + share);
}

/** Shares the requests of a rule out to its backends, each behind filters of its own. */
function split(rule: RuleIR, candidate: Candidate, request: ParsedRequest, passing: Passing): Effect {
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) {
    const reason = rule.backends.length === 0 ? "The rule has no backends." : "The weights of all backends are 0.";
    return { status: 500, reason, ...effects(passing) };
  }
  const backends = new Map<string, number>();
  const requests: Record<string, ForwardedRequest> = {};
  const failures: Failure[] = [];
  let mirrors = passing.mirrors;
  for (const { target, weight, filters } of rule.backends) {
    const share = weight / total;
    if (share === 0) continue;
    if (!("backend" in target)) {
      failures.push({ share, status: 500, reason: target.invalid, message: target.message });
      continue;
    }
    backends.set(target.backend, (backends.get(target.backend) ?? 0) + share);
    const own = passFilters(filters, candidate, request, { ...passing, mirrors: new Map() });
    if ("status" in own) continue;
    requests[target.backend] = forwarded(own);
    for (const [backend, part] of own.mirrors)
      mirrors = new Map(mirrors).set(backend, (mirrors.get(backend) ?? 0) + part * share);
  }
  const effect = { ...effects({ ...passing, mirrors }), backends: Object.fromEntries(backends), requests, failures };
  return backends.size > 0
    ? effect
    : { ...effect, status: 500, reason: failures.map(({ message }) => message).join(" ") };
}

function effects({ mirrors, responseHeaders }: Passing): Effect {
  return { mirrors: Object.fromEntries(mirrors), responseHeaders };
}

function forwarded({ method, host, path, query, headers }: Passing): ForwardedRequest {
  const fields = new Map<string, string>();
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    const before = fields.get(name);
    fields.set(name, before === undefined ? (headers[i + 1] as string) : `${before}, ${headers[i + 1]}`);
  }
  return { method, host, path, query, headers: Object.fromEntries(fields) };
}
