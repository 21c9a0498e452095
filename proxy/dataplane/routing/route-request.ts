import { applyFilters, type FilterStep } from "../../../lib/routing/filters/filter-types.ts";
import { FilteredRequestState, type MirrorFilter } from "../../../lib/routing/filters/request-changes.ts";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { listenerOf, match, type PortIndex } from "../../../lib/routing/match.ts";
import { isMirrored } from "../../../lib/routing/rewrite/mirror.ts";
import { isSendableTarget } from "../../../lib/routing/rewrite.ts";
import type { Peer, RequestMarks } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { EXPECT } from "../message/header-names.ts";
import { type LocalResponse, localResponses } from "../message/local-response.ts";
import type { OutgoingHead } from "../message/message.ts";
import type { RequestChange } from "../message/request-change.ts";
import type { Backend } from "../upstream/backend.ts";
import { outgoingHead } from "../upstream/outgoing-head.ts";
import type { MirrorPlan } from "./filters.ts";
import type { PortRouting } from "./gateway.ts";
import type { RoutePlan, TargetPlan } from "./plan.ts";
import type { RequestView } from "./request-view.ts";

/** Properties of the client's connection that routing needs. */
export interface RequestOrigin {
  readonly peer: Peer;
  readonly isHttp11: boolean;
}

/** The outcome of routing a request: a response, or a head to send to a backend. */
export interface RoutedRequest {
  /** The plan of the matched rule. Absent if nothing matched. */
  plan: RoutePlan | undefined;
  answer: LocalResponse | undefined;
  backend: Backend | undefined;
  /** The head for the backend. */
  head: OutgoingHead;
  /** Header modifiers applied to the request. */
  requestModifiers: readonly HeaderModifierIR[];
  /** Header modifiers for the response. */
  modifiers: readonly HeaderModifierIR[];
  /** Mirrored copies to send. */
  mirrors: readonly PlannedMirror[];
}

export interface PlannedMirror {
  readonly backend: Backend | undefined;
  /** The head of the copy. */
  readonly head: OutgoingHead;
}

const none: readonly never[] = [];

/**
 * Routes one request, and takes its turns in splits and mirrors. For an extended plan it stops once the plan is found.
 *
 * @param upgrade the admitted protocols that the request offers, or empty.
 */
export function routeRequest(
  request: RequestView,
  head: Head,
  port: PortRouting,
  origin: RequestOrigin,
  marks: RequestMarks,
  upgrade: string,
): RoutedRequest {
  const { index, gateway } = port;
  const routed: RoutedRequest = {
    plan: undefined,
    answer: undefined,
    backend: undefined,
    head: "",
    requestModifiers: none,
    modifiers: none,
    mirrors: none,
  };
  const { serverName } = origin.peer;
  if (serverName !== undefined && index !== undefined && isMisdirected(index, serverName, request.host)) {
    routed.answer = localResponses.misdirected;
    return routed;
  }
  const candidate = index === undefined ? undefined : match(index, request, request.work);
  if (candidate === undefined) {
    routed.answer = unmatchedAnswer(index, request);
    return routed;
  }
  const plan = gateway.plan(candidate);
  routed.plan = plan;
  plan.stats.requests++;
  // The rule has extension filters: RequestFilters continues from here.
  if (plan.extended) return routed;
  const changes = plan.filters.plain ? undefined : new FilteredRequestState(request, origin.peer, plan.prefix);
  if (changes !== undefined && answersFrom(plan.filters.steps, changes, routed)) return routed;
  const target = plan.pick();
  if (target?.backend === undefined || target.invalid !== undefined) {
    routed.answer = target?.invalid ?? localResponses.noBackend;
    return routed;
  }
  if (changes === undefined && target.filters.plain) {
    const { method, path, query, authority: host } = request;
    const { peer, isHttp11: keepExpect } = origin;
    const change = { method, target: targetOf(path, query), host, modifiers: none, peer, marks, keepExpect, upgrade };
    writeHead(routed, target.backend, head, change);
    return routed;
  }
  const filtered = changes ?? new FilteredRequestState(request, origin.peer, plan.prefix);
  if (answersFrom(target.filters.steps, filtered, routed)) return routed;
  writeFiltered(routed, plan, target, filtered, request, head, origin, marks, upgrade);
  return routed;
}

/**
 * Counts a response to the client, from a backend or from the proxy.
 *
 * @param ofBackend the status of the backend's response, if a filter changed it.
 */
export function countResponse(
  { gateway }: PortRouting,
  routed: RoutedRequest | undefined,
  status: number,
  ofBackend: number = status,
): void {
  gateway.stats.responses.count(status);
  routed?.plan?.listener.count(status);
  routed?.plan?.stats.responses.count(status);
  routed?.backend?.stats.responses.count(ofBackend);
}

/**
 * Returns whether a request is misdirected (RFC 9110 section 15.5.20). By the Gateway API on `Listener.hostname`, only
 * routes of the listener that the server name chose are reached, and a host of another listener is refused. A host of
 * no listener gets 404, as without TLS.
 */
function isMisdirected(index: PortIndex, serverName: string, host: string): boolean {
  const wanted = listenerOf(index, host);
  return wanted !== undefined && wanted !== listenerOf(index, serverName);
}

function unmatchedAnswer(index: PortIndex | undefined, { host, work }: RequestView): LocalResponse {
  if (work.exhausted) return localResponses.matchingTooExpensive;
  const known = index !== undefined && listenerOf(index, host) !== undefined;
  return known ? localResponses.noRoute : localResponses.noListener;
}

/** Applies filters. Returns true if one of them responds in the backend's place; CORS still changes that response. */
function answersFrom(steps: readonly FilterStep[], changes: FilteredRequestState, routed: RoutedRequest): boolean {
  applyFilters(steps, changes);
  if (changes.answer === undefined) {
    // Without a backend to send to, the error response has the fields of CORS alone.
    routed.modifiers = changes.cors;
    return false;
  }
  routed.answer = changes.answer;
  routed.modifiers = changes.cors;
  return true;
}

/** Writes the request for the picked target, as the filters have changed it. */
function writeFiltered(
  routed: RoutedRequest,
  plan: RoutePlan,
  target: TargetPlan,
  changes: FilteredRequestState,
  { method, authority }: RequestView,
  head: Head,
  { peer, isHttp11: keepExpect }: RequestOrigin,
  marks: RequestMarks,
  upgrade: string,
): void {
  const { path, query, sentHost, headers: modifiers } = changes;
  const host = sentHost ?? authority;
  const change = { method, target: targetOf(path, query), host, modifiers, peer, marks, keepExpect, upgrade };
  if (!writeHead(routed, target.backend as Backend, head, change)) return;
  routed.modifiers = changes.responseModifiers;
  const plans = mirrorPlans(changes.mirrors, plan, target);
  if (plans.length > 0) routed.mirrors = planMirrors(plans, head, change, routed);
}

export function targetOf(path: string, query: string): string {
  return query === "" ? path : `${path}?${query}`;
}

/** Writes the head for the backend. Returns false if the proxy must respond itself instead. */
export function writeHead(routed: RoutedRequest, backend: Backend, head: Head, change: RequestChange): boolean {
  if (!isSendableTarget(change.method, change.target)) {
    routed.answer = localResponses.unsendableTarget;
    return false;
  }
  routed.backend = backend;
  routed.head = outgoingHead(backend, head, change);
  routed.requestModifiers = change.modifiers;
  return true;
}

/** Plans the mirrors of a request. */
export function mirrorPlans(
  passed: readonly MirrorFilter[],
  plan: RoutePlan,
  target: TargetPlan,
): readonly MirrorPlan[] {
  if (passed.length === 0) return none;
  return [...plan.filters.mirrors, ...target.filters.mirrors].filter(({ filter }) => passed.includes(filter));
}

/**
 * Plans copies of a request. A copy expects no 100-continue, since nothing would wait for it. Tunnels and offers of
 * upgrades are not copied.
 */
export function planMirrors(
  plans: readonly MirrorPlan[],
  head: Head,
  change: RequestChange,
  routed: RoutedRequest,
): PlannedMirror[] {
  if (change.upgrade !== "") return [];
  const expects = head.has(EXPECT);
  const copy = expects ? { ...change, keepExpect: false } : change;
  return plans
    .filter(({ filter, turn, start }) => isMirrored(filter, start + turn.next()))
    .map(({ backend }) => {
      const same = !expects && backend?.isHttp2 === routed.backend?.isHttp2;
      return { backend, head: same ? routed.head : outgoingHead(backend, head, copy) };
    });
}
