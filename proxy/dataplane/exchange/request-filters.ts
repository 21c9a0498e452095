import { FilterPassage, type PassageRequest } from "../../../lib/filters/passage.ts";
import { runResponseFilters } from "../../../lib/filters/response.ts";
import type { ReceivingListener } from "../../../lib/routing/filters/request-changes.ts";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { requestList } from "../http1/request-text.ts";
import type { Waiter } from "../limits/deadlines.ts";
import type { RequestMarks } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { hopByHop } from "../message/header-names.ts";
import { type LocalResponse, localResponses } from "../message/local-response.ts";
import type { ResponseMessage } from "../message/message.ts";
import type { RequestChange } from "../message/request-change.ts";
import type { RoutePlan, TargetPlan } from "../routing/plan.ts";
import type { RequestView } from "../routing/request-view.ts";
import {
  mirrorPlans,
  planMirrors,
  type RequestOrigin,
  type RoutedRequest,
  targetOf,
  writeHead,
} from "../routing/route-request.ts";
import type { Backend } from "../upstream/backend.ts";
import type { Shared } from "./shared.ts";

const none: readonly HeaderModifierIR[] = [];

/** The exchange whose request is filtered. */
export interface FilteredExchange {
  /** Called unless the decision was immediate: the request goes to its backend, or is answered. */
  onFiltered(filters: RequestFilters, answer: LocalResponse | undefined): void;
}

/** A response after its filters. */
export interface FilteredMessage extends ResponseMessage {
  readonly modifiers: readonly HeaderModifierIR[];
  /** A filter failed: the response must not be sent. */
  readonly failed: boolean;
}

/** Begins to filter a request by an extended plan. If no filter is asynchronous, `routed` is complete on return. */
export function filterRequest(
  exchange: FilteredExchange,
  routed: RoutedRequest,
  request: RequestView,
  head: Head,
  origin: RequestOrigin,
  marks: RequestMarks,
  upgrade: string,
  shared: Shared,
): RequestFilters {
  const wire = new WireRequest(request, head, origin, marks, upgrade, (routed.plan as RoutePlan).prefix);
  const filters = new RequestFilters(exchange, routed, wire, shared);
  filters.run();
  return filters;
}

/**
 * The second half of routing for a request whose rule has custom filters: the filters of the rule in their order, the
 * split, the filters of the backend, and the head for it. It may be asynchronous.
 */
export class RequestFilters implements Waiter {
  due = 0;
  slot = -1;
  /** An asynchronous filter is pending. */
  waiting = false;
  readonly #exchange: FilteredExchange;
  readonly #routed: RoutedRequest;
  readonly #plan: RoutePlan;
  readonly #request: WireRequest;
  readonly #shared: Shared;
  readonly #passage: FilterPassage;

  constructor(exchange: FilteredExchange, routed: RoutedRequest, request: WireRequest, shared: Shared) {
    this.#exchange = exchange;
    this.#routed = routed;
    this.#plan = routed.plan as RoutePlan;
    this.#request = request;
    this.#shared = shared;
    this.#passage = new FilterPassage(request, () => this.#wait());
  }

  run(): void {
    const pending = this.#passage.pass(this.#plan.steps);
    const picked = pending === undefined ? this.#pick() : pending.then(() => this.#pick());
    picked?.then(
      () => this.#decided(this.#routed.answer),
      () => this.#decided(localResponses.internal),
    );
  }

  /** Filters a response; undefined if no custom filter applies to it. */
  respond({ status, head }: ResponseMessage): FilteredMessage | undefined {
    const { responseSteps, cors } = this.#passage.changes;
    if (!responseSteps.some((step) => "kind" in step)) return undefined;
    return { ...runResponseFilters(responseSteps, cors, status, () => head.list(hopByHop)), head };
  }

  /** Stops filtering, since the request has ended. */
  stop(): void {
    this.waiting = false;
    this.#passage.stop();
    this.#shared.deadlines.remove(this);
  }

  /** The pending filter has exceeded its time. */
  onDeadline(): void {
    if (!this.waiting) return;
    this.#passage.expire();
    this.#ends();
    this.#decided(this.#routed.answer);
  }

  #wait(): void {
    this.waiting = true;
    this.#request.detach();
    this.#shared.deadlines.set(this, this.#shared.limits.filterTimeout);
  }

  #decided(answer: LocalResponse | undefined): void {
    if (!this.waiting) return;
    this.waiting = false;
    this.#shared.deadlines.remove(this);
    this.#exchange.onFiltered(this, answer);
  }

  #pick(): Promise<void> | undefined {
    if (this.#ends()) return undefined;
    const target = this.#plan.pick();
    if (target?.backend === undefined || target.invalid !== undefined) {
      this.#routed.answer = target?.invalid ?? localResponses.noBackend;
      this.#routed.modifiers = this.#passage.changes.cors;
      return undefined;
    }
    const pending = this.#passage.pass(target.steps);
    if (pending !== undefined) return pending.then(() => this.#writeUpstreamRequest(target));
    this.#writeUpstreamRequest(target);
    return undefined;
  }

  #writeUpstreamRequest(target: TargetPlan): void {
    if (this.#ends()) return;
    const { backend } = target;
    const { head } = this.#request;
    const { path, query, sentHost, headers: modifiers, mirrors, responseModifiers } = this.#passage.changes;
    const host = sentHost ?? this.#request.change.host;
    const change: RequestChange = { ...this.#request.change, target: targetOf(path, query), host, modifiers };
    if (!writeHead(this.#routed, backend as Backend, head, change)) return;
    this.#routed.modifiers = responseModifiers;
    const plans = mirrorPlans(mirrors, this.#plan, target);
    if (plans.length > 0) this.#routed.mirrors = planMirrors(plans, head, change, this.#routed);
  }

  /** Returns whether there is nothing left to decide: a filter has answered, or the request has ended. */
  #ends(): boolean {
    const { answer, cors } = this.#passage.changes;
    if (answer === undefined) return this.#passage.over;
    this.#routed.answer = answer;
    this.#routed.modifiers = cors;
    return true;
  }
}

/** A request of the wire as filters see it. */
class WireRequest implements PassageRequest {
  readonly method: string;
  readonly listener: ReceivingListener;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly peerAddress: string;
  readonly prefix: string | undefined;
  readonly change: RequestChange;
  head: Head;
  #detached = false;

  constructor(
    { method, host, path, query, authority }: RequestView,
    head: Head,
    { peer, isHttp11: keepExpect }: RequestOrigin,
    marks: RequestMarks,
    upgrade: string,
    prefix: string | undefined,
  ) {
    this.method = method;
    this.listener = peer;
    this.host = host;
    this.path = path;
    this.query = query;
    this.peerAddress = peer.address;
    this.prefix = prefix;
    this.head = head;
    this.change = { method, target: path, host: authority, modifiers: none, peer, marks, keepExpect, upgrade };
  }

  header(name: string): string | undefined {
    return this.head.header(name);
  }

  fields(): readonly string[] {
    return requestList(this.head, this.change);
  }

  /** Copies the head: its memory is reused by the next read, and a waiting request needs its own. */
  detach(): void {
    if (this.#detached) return;
    this.#detached = true;
    this.head = this.head.detached();
  }
}
