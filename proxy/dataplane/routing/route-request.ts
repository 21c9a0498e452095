import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { listenerOf, match, type PortIndex } from "../../../lib/routing/match.ts";
import { answerCORS } from "../../../lib/routing/rewrite/cors.ts";
import { isMirrored } from "../../../lib/routing/rewrite/mirror.ts";
import { redirectLocation, rewriteRequest } from "../../../lib/routing/rewrite.ts";
import { type Answer, answers } from "../answers.ts";
import type { Peer } from "../forwarded.ts";
import type { Head } from "../http1/head.ts";
import { EXPECT } from "../http1/header-names.ts";
import { type RequestChange, requestText } from "../http1/request-text.ts";
import { requestFields } from "../http2/request-fields.ts";
import type { OutgoingHead } from "../message.ts";
import type { Backend } from "../upstream/backend.ts";
import { type FilterPlan, type MirrorPlan, wireModifier } from "./filters.ts";
import type { PortRouting } from "./gateway.ts";
import type { RoutePlan, TargetPlan } from "./plan.ts";
import type { RequestView } from "./request-view.ts";

/** What routing needs to know of the connection that a request came on. */
export interface RequestOrigin {
  readonly peer: Peer;
  readonly isHttp11: boolean;
}

/** What becomes of a request: an answer, or a head to send to a backend. */
export interface Routed {
  /** Absent if nothing matched. */
  plan: RoutePlan | undefined;
  answer: Answer | undefined;
  backend: Backend | undefined;
  /** The head for the backend. */
  head: OutgoingHead;
  /** What is done to the head of the response. */
  modifiers: readonly HeaderModifierIR[];
  /** The copies to make. */
  mirrors: readonly PlannedMirror[];
}

export interface PlannedMirror {
  readonly backend: Backend | undefined;
  /** The head for the copy. */
  readonly head: OutgoingHead;
}

const none: readonly never[] = [];

/**
 * Decides one request, and takes the turns that it has in splits and mirrors; that of an extended plan is left at the
 * plan.
 *
 * @param upgrade the protocols that it offers and that are admitted, or empty.
 */
export function routeRequest(
  request: RequestView,
  head: Head,
  port: PortRouting,
  origin: RequestOrigin,
  trustedHops: number,
  upgrade: string,
): Routed {
  const { index, gateway } = port;
  const routed: Routed = {
    plan: undefined,
    answer: undefined,
    backend: undefined,
    head: "",
    modifiers: none,
    mirrors: none,
  };
  const { serverName } = origin.peer;
  if (serverName !== undefined && index !== undefined && isMisdirected(index, serverName, request.host)) {
    routed.answer = answers.misdirected;
    return routed;
  }
  const candidate = index === undefined ? undefined : match(index, request);
  if (candidate === undefined) {
    const known = index !== undefined && listenerOf(index, request.host) !== undefined;
    routed.answer = known ? answers.noRoute : answers.noListener;
    return routed;
  }
  const plan = gateway.plan(candidate);
  routed.plan = plan;
  plan.stats.requests++;
  // Filters of somebody's own: RequestFilters goes on from here.
  if (plan.extended) return routed;
  if (plan.filters.gate) gate(plan.filters, request, origin, routed);
  if (routed.answer !== undefined) return routed;
  const target = plan.pick();
  if (target?.backend === undefined || target.invalid !== undefined) {
    routed.answer = target?.invalid ?? answers.noBackend;
    return routed;
  }
  if (target.filters.gate) gate(target.filters, request, origin, routed);
  if (routed.answer === undefined) aim(routed, plan, target, request, head, origin, trustedHops, upgrade);
  return routed;
}

/**
 * A response that the client gets, whoever made it.
 *
 * @param ofBackend what the backend answered, where a filter made another status of it.
 */
export function countResponse(
  { gateway }: PortRouting,
  routed: Routed | undefined,
  status: number,
  ofBackend: number = status,
): void {
  gateway.stats.responses.count(status);
  routed?.plan?.listener.count(status);
  routed?.plan?.stats.responses.count(status);
  routed?.backend?.stats.responses.count(ofBackend);
}

/**
 * RFC 9110 section 15.5.20; the Gateway API on `Listener.hostname`: the listener that the server name chose is the one
 * whose routes are reached, and a host of another is refused. A host of no listener is answered 404 as without TLS.
 */
function isMisdirected(index: PortIndex, serverName: string, host: string): boolean {
  const wanted = listenerOf(index, host);
  return wanted !== undefined && wanted !== listenerOf(index, serverName);
}

/** Filters that may answer by themselves: CORS, RequestRedirect. */
function gate(filters: FilterPlan, request: RequestView, { peer }: RequestOrigin, routed: Routed): void {
  if (filters.cors !== undefined) {
    const { kind, headers } = answerCORS(filters.cors, request);
    const modifier = wireModifier(headers);
    if (kind === "preflight") {
      const fields = [...modifier.set, ...modifier.add];
      routed.answer = { status: 200, reason: "CORSPreflight", message: "", headers: fields };
      return;
    }
    routed.modifiers = [...routed.modifiers, modifier];
  }
  if (filters.redirect === undefined) return;
  const { path, query, host } = request;
  const to = { scheme: peer.scheme, host, port: peer.port, path, query };
  const value = redirectLocation(filters.redirect, to, (routed.plan as RoutePlan).prefix);
  const status = filters.redirect.statusCode;
  routed.answer = { status, reason: "RequestRedirect", message: "", headers: [{ name: "location", value }] };
}

/** Writes the request for the target that was picked. */
function aim(
  routed: Routed,
  plan: RoutePlan,
  target: TargetPlan,
  request: RequestView,
  head: Head,
  { peer, isHttp11: keepExpect }: RequestOrigin,
  trustedHops: number,
  upgrade: string,
): void {
  const { method, path, query, authority } = request;
  routed.backend = target.backend;
  if (plan.filters.plain && target.filters.plain) {
    const goal = query === "" ? path : `${path}?${query}`;
    const change = { method, target: goal, host: authority, modifiers: none, peer, trustedHops, keepExpect, upgrade };
    routed.head = outgoingHead(target.backend, head, change);
    return;
  }
  let to = { path, query };
  let host = authority;
  for (const filter of [...plan.filters.rewrites, ...target.filters.rewrites]) {
    const rewritten = rewriteRequest(filter, to, plan.prefix);
    to = rewritten;
    host = rewritten.host ?? host;
  }
  const goal = to.query === "" ? to.path : `${to.path}?${to.query}`;
  const modifiers = [...plan.filters.requestHeaders, ...target.filters.requestHeaders];
  const change = { method, target: goal, host, modifiers, peer, trustedHops, keepExpect, upgrade };
  routed.head = outgoingHead(target.backend, head, change);
  // CORS, which is in `modifiers` already, has the last word about a response's headers.
  routed.modifiers = [...plan.filters.responseHeaders, ...target.filters.responseHeaders, ...routed.modifiers];
  routed.mirrors = planMirrors([...plan.filters.mirrors, ...target.filters.mirrors], head, change, routed);
}

/** A copy expects no 100-continue: nobody would wait for it. What becomes a tunnel is not copied, nor is its offer. */
export function planMirrors(
  plans: readonly MirrorPlan[],
  head: Head,
  change: RequestChange,
  routed: Routed,
): PlannedMirror[] {
  if (plans.length === 0 || change.upgrade !== "") return [];
  const expects = head.has(EXPECT);
  const copy = expects ? { ...change, keepExpect: false } : change;
  return plans
    .filter(({ share, turn, start }) => isMirrored(share, start + turn.next()))
    .map(({ backend }) => {
      const same = !expects && backend?.isHttp2 === routed.backend?.isHttp2;
      return { backend, head: same ? routed.head : outgoingHead(backend, head, copy) };
    });
}

/** In the form that the backend's protocol needs. */
export function outgoingHead(backend: Backend | undefined, head: Head, change: RequestChange): OutgoingHead {
  return backend?.isHttp2 ? requestFields(head, change) : requestText(head, change);
}
