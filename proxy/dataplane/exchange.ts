import type { HeaderModifierIR } from "../../lib/routing/ir.ts";
import { listenerOf, match } from "../../lib/routing/match.ts";
import { redirectLocation, rewriteRequest } from "../../lib/routing/rewrite.ts";
import { answerCORS } from "../../lib/routing/rewrite/cors.ts";
import { isMirrored } from "../../lib/routing/rewrite/mirror.ts";
import { type Answer, answers, upstreamAnswer } from "./answers.ts";
import type { Waiter } from "./deadlines.ts";
import type { Downstream } from "./downstream.ts";
import { chunkText, lastChunk } from "./http1/chunk-text.ts";
import type { Head } from "./http1/head.ts";
import { EXPECT } from "./http1/header-names.ts";
import type { MessageParser } from "./http1/message-parser.ts";
import { type RequestChange, requestText } from "./http1/request-text.ts";
import { CHUNKED } from "./http1/rules.ts";
import type { Mirror } from "./mirror.ts";
import { type FilterPlan, type MirrorPlan, wireModifier } from "./routing/filters.ts";
import type { PortRouting } from "./routing/gateway.ts";
import type { RoutePlan, TargetPlan } from "./routing/plan.ts";
import { RequestView } from "./routing/request-view.ts";
import type { Shared } from "./shared.ts";
import type { UpstreamError } from "./stats.ts";
import type { Backend } from "./upstream/backend.ts";
import type { UpstreamConnection } from "./upstream/connection.ts";
import type { UpstreamHandler } from "./upstream/handler.ts";
import type { EndpointPool } from "./upstream/pool.ts";

const none: readonly never[] = [];

/** A copy that is to be made of the request, and what goes out of it before the connection for the original is sought. */
interface PlannedMirror {
  readonly plan: MirrorPlan;
  readonly head: string;
}

/**
 * One request's life: routed, sent to a backend, answered. A connection that carries one request at a time has one
 * exchange, used again and again; what holds for one request only is set in `begin`.
 */
export class Exchange implements UpstreamHandler, Waiter {
  due = 0;
  slot = -1;

  readonly #client: Downstream;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #request = new RequestView();

  #plan: RoutePlan | undefined;
  #backend: Backend | undefined;
  #pool: EndpointPool | undefined;
  #connection: UpstreamConnection | undefined;
  /** Head, and the body that came with it: what is sent first and can be sent again. */
  #opening = "";
  #openingBody = "";
  #isChunked = false;
  #requestEnded = false;
  /** All that was sent is in the opening, and nothing was sent twice. */
  #resendable = false;
  #fresh = false;
  #responding = false;
  #active = false;
  #requestDue = 0;
  #modifiers: HeaderModifierIR[] = [];
  #planned: PlannedMirror[] = [];
  #mirrors: Mirror[] = [];

  constructor(client: Downstream, port: PortRouting, shared: Shared) {
    this.#client = client;
    this.#port = port;
    this.#shared = shared;
  }

  /** A request is under way. */
  get active(): boolean {
    return this.#active;
  }

  /** The response has begun. */
  get responding(): boolean {
    return this.#responding;
  }

  get method(): string {
    return this.#request.method;
  }

  /** @param length of the body, as in `requestLength`. */
  begin(parser: MessageParser, length: number): void {
    this.#active = true;
    this.#plan = undefined;
    this.#backend = undefined;
    this.#openingBody = "";
    this.#isChunked = length === CHUNKED;
    this.#requestEnded = false;
    this.#resendable = true;
    this.#fresh = false;
    this.#responding = false;
    if (this.#modifiers.length > 0) this.#modifiers = [];
    const answer = this.#route(parser.head, parser.method);
    if (answer !== undefined) this.#answer(answer);
  }

  #route(head: Head, method: string): Answer | undefined {
    const request = this.#request;
    const wrong = request.read(head, method);
    if (wrong !== undefined) return wrong;
    const { index, gateway } = this.#port;
    const candidate = index === undefined ? undefined : match(index, request);
    if (candidate === undefined) {
      const known = index !== undefined && listenerOf(index, request.host) !== undefined;
      return known ? answers.noRoute : answers.noListener;
    }
    const plan = gateway.plan(candidate);
    this.#plan = plan;
    plan.stats.requests++;
    const gated = plan.filters.gate ? this.#gate(plan.filters, plan) : undefined;
    if (gated !== undefined) return gated;
    const target = plan.pick();
    if (target === undefined) return answers.noBackend;
    return this.#aim(head, plan, target);
  }

  /** Writes the request for the target that was picked. */
  #aim(head: Head, plan: RoutePlan, target: TargetPlan): Answer | undefined {
    if (target.backend === undefined || target.invalid !== undefined) return target.invalid ?? answers.noBackend;
    const gated = target.filters.gate ? this.#gate(target.filters, plan) : undefined;
    if (gated !== undefined) return gated;
    this.#backend = target.backend;
    const change = this.#change(plan, target);
    this.#opening = requestText(head, change);
    if (plan.filters.mirrors.length > 0) this.#planMirrors(plan.filters.mirrors, head, change);
    if (target.filters.mirrors.length > 0) this.#planMirrors(target.filters.mirrors, head, change);
    const limit = plan.requestTimeout ?? 0;
    this.#requestDue = limit === 0 ? 0 : this.#shared.deadlines.after(limit);
    return undefined;
  }

  /** Filters that may answer by themselves: ExtensionRef, CORS, RequestRedirect. */
  #gate(filters: FilterPlan, plan: RoutePlan): Answer | undefined {
    if (filters.unsupported !== undefined) {
      const message = `The route's filter ${filters.unsupported} is not known to this proxy.`;
      return { status: 500, reason: "UnsupportedFilter", message };
    }
    if (filters.cors !== undefined) {
      const { kind, headers } = answerCORS(filters.cors, this.#request);
      const modifier = wireModifier(headers);
      if (kind === "preflight") {
        return { status: 200, reason: "CORSPreflight", message: "", headers: [...modifier.set, ...modifier.add] };
      }
      this.#modifiers.push(modifier);
    }
    if (filters.redirect === undefined) return undefined;
    const { path, query, host } = this.#request;
    const { scheme, port } = this.#client.peer;
    const value = redirectLocation(filters.redirect, { scheme, host, port, path, query }, plan.prefix);
    const { statusCode: status } = filters.redirect;
    return { status, reason: "RequestRedirect", message: "", headers: [{ name: "location", value }] };
  }

  #change(plan: RoutePlan, target: TargetPlan): RequestChange {
    const { path, query, method, authority } = this.#request;
    const { peer, isHttp11 } = this.#client;
    const { trustedHops } = this.#shared;
    const keepExpect = isHttp11;
    if (plan.filters.plain && target.filters.plain) {
      const goal = query === "" ? path : `${path}?${query}`;
      return { method, target: goal, host: authority, modifiers: none, peer, trustedHops, keepExpect };
    }
    let to = { path, query };
    let host = authority;
    for (const filter of [...plan.filters.rewrites, ...target.filters.rewrites]) {
      const rewritten = rewriteRequest(filter, to, plan.prefix);
      to = rewritten;
      host = rewritten.host ?? host;
    }
    // CORS has the last word about a response's headers; its modifier came first.
    this.#modifiers.unshift(...plan.filters.responseHeaders, ...target.filters.responseHeaders);
    const modifiers = [...plan.filters.requestHeaders, ...target.filters.requestHeaders];
    const goal = to.query === "" ? to.path : `${to.path}?${to.query}`;
    return { method, target: goal, host, modifiers, peer, trustedHops, keepExpect };
  }

  /** A copy expects no 100-continue: nobody would wait for it. */
  #planMirrors(plans: readonly MirrorPlan[], head: Head, change: RequestChange): void {
    for (const plan of plans) {
      if (!isMirrored(plan.share, plan.count.turns++)) continue;
      const text = head.has(EXPECT) ? requestText(head, { ...change, keepExpect: false }) : this.#opening;
      this.#planned.push({ plan, head: text });
    }
  }

  /** More of a body of known length. */
  requestBody(bytes: Buffer, start: number, end: number): void {
    if (!this.#active) return;
    for (const mirror of this.#mirrors) mirror.body(bytes, start, end);
    if (this.#connection !== undefined) {
      this.#resendable = false;
      this.#connection.out.bytes(bytes, start, end);
    } else this.#openingBody += bytes.toString("latin1", start, end);
  }

  /** More of a chunked body. */
  requestChunks(bytes: Buffer, parser: MessageParser): void {
    if (!this.#active) return;
    for (const mirror of this.#mirrors) mirror.chunks(bytes, parser);
    if (this.#connection !== undefined) {
      this.#resendable = false;
      this.#connection.out.chunk(bytes, parser.pieces, parser.pieceCount, parser.pieceBytes);
    } else this.#openingBody += chunkText(bytes, parser);
  }

  /** The request is complete. */
  requestEnd(trailers: string): void {
    if (!this.#active) return;
    this.#requestEnded = true;
    for (const mirror of this.#mirrors) mirror.end(this.#isChunked, trailers);
    if (!this.#isChunked) return;
    if (this.#connection !== undefined) {
      this.#resendable = false;
      this.#connection.out.text(lastChunk(trailers));
    } else this.#openingBody += lastChunk(trailers);
  }

  /** All that one read brought has been told: the request is sent, as far as it is there. */
  requestReadEnd(): void {
    if (!this.#active) return;
    if (this.#pool === undefined) this.#send(undefined);
    else if (this.#connection !== undefined) {
      this.#connection.flush(this.#requestEnded);
      if (!this.#requestEnded && this.#connection.blocked) this.#client.pauseRequest();
    }
  }

  /** @param not an endpoint that has failed already. */
  #send(not: EndpointPool | undefined): void {
    const backend = this.#backend as Backend;
    const pool = backend.choose(not);
    if (pool === undefined) {
      backend.stats.errors.noEndpoint++;
      this.#answer(answers.noEndpoint);
      return;
    }
    this.#pool = pool;
    pool.active++;
    backend.stats.active++;
    const connection = pool.acquire(this, this.#fresh);
    if (connection !== undefined) this.onConnection(connection);
    else {
      // What has been read waits; the rest stays with the client.
      if (!this.#requestEnded) this.#client.pauseRequest();
      this.#setDeadline(this.#shared.limits.connectTimeout);
    }
    this.#startMirrors();
  }

  onConnection(connection: UpstreamConnection): void {
    const { limits } = this.#shared;
    const plan = this.#plan as RoutePlan;
    const backend = this.#backend as Backend;
    this.#connection = connection;
    backend.stats.requests++;
    if (this.#requestDue > 0 || this.due > 0) this.#setDeadline(0);
    const explicit = plan.backendTimeout !== undefined;
    const timeout = plan.backendTimeout ?? (plan.requestTimeout === undefined ? limits.responseTimeout : 0);
    connection.begin(this, this.#request.method === "HEAD", timeout, explicit);
    connection.out.text(this.#openingBody === "" ? this.#opening : this.#opening + this.#openingBody);
    connection.flush(this.#requestEnded);
    if (this.#requestEnded) return;
    if (connection.blocked) this.#client.pauseRequest();
    else this.#client.resumeRequest();
  }

  /** Copies set out when the original has, so that they cannot delay it. */
  #startMirrors(): void {
    if (this.#planned.length === 0) return;
    for (const { plan, head } of this.#planned) {
      const text = head + this.#openingBody;
      const toHead = this.#request.method === "HEAD";
      const mirror = this.#shared.mirrors.start(plan.backend, text, toHead, this.#requestEnded);
      if (mirror !== undefined) this.#mirrors.push(mirror);
    }
    this.#planned = [];
  }

  /** The earlier of what the rule allows for the request and `wait`; 0 waits for the former only. */
  #setDeadline(wait: number): void {
    const { deadlines } = this.#shared;
    const left = this.#requestDue === 0 ? 0 : Math.max(1, this.#requestDue - deadlines.now);
    deadlines.set(this, left === 0 ? wait : wait === 0 ? left : Math.min(left, wait));
  }

  onNoConnection(error: UpstreamError): void {
    if (!this.#active || this.#connection !== undefined) return;
    const failed = this.#pool;
    (this.#backend as Backend).stats.errors[error]++;
    this.#leavePool();
    // Nothing was written, so sending it elsewhere is safe whatever the method.
    if (error === "connect" && !this.#fresh) this.#resend(failed);
    else this.#answer(upstreamAnswer(error, ""));
  }

  /** Once only. */
  #resend(not: EndpointPool | undefined): void {
    this.#fresh = true;
    this.#shared.stats.resent++;
    this.#send(not);
  }

  onInterim(parser: MessageParser): void {
    if (this.#client.isHttp11) this.#client.interim(parser);
  }

  onHead(parser: MessageParser, length: number): void {
    this.#responding = true;
    this.#count(parser.status);
    this.#client.head(parser, length, this.#modifiers);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#client.body(bytes, start, end);
  }

  onChunks(bytes: Buffer, parser: MessageParser): void {
    this.#client.chunks(bytes, parser);
  }

  onReadEnd(): void {
    this.#client.flush();
    if (this.#client.blocked) this.#connection?.pause();
  }

  onEnd(trailers: string): void {
    this.#connection = undefined;
    this.#finish();
    this.#client.end(trailers);
  }

  onFailure(error: UpstreamError, detail: string): void {
    const answered = this.#connection?.answered ?? false;
    const failed = this.#pool;
    (this.#backend as Backend).stats.errors[error]++;
    this.#connection = undefined;
    this.#leavePool();
    if (this.#responding) {
      this.#finish();
      this.#client.abort();
    } else if (error === "reset" && !answered && !this.#fresh && this.#resendable && this.#isIdempotent) {
      this.#resend(failed);
    } else this.#answer(upstreamAnswer(error, detail));
  }

  /** RFC 9110 section 9.2.2. */
  get #isIdempotent(): boolean {
    return idempotent.has(this.#request.method);
  }

  onDrain(): void {
    if (!this.#requestEnded) this.#client.resumeRequest();
  }

  /** The client takes bytes again. */
  onClientDrain(): void {
    this.#connection?.resume();
  }

  /** The time that the rule gives the request is over, or no connection came free. */
  onDeadline(): void {
    if (!this.#active) return;
    const waiting = this.#connection === undefined;
    const late = this.#requestDue > 0 && this.#requestDue <= this.#shared.deadlines.now;
    this.#cancel();
    if (this.#responding) {
      this.#finish();
      this.#client.abort();
    } else this.#answer(waiting && !late ? upstreamAnswer("connectTimeout", "") : answers.requestTimeout);
  }

  /** The client is gone. */
  abort(): void {
    if (!this.#active) return;
    this.#cancel();
    this.#finish();
  }

  #cancel(): void {
    this.#pool?.cancel(this);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.destroy();
  }

  #answer(answer: Answer): void {
    const modifiers = this.#modifiers;
    this.#port.gateway.stats.countAnswer(answer.reason);
    this.#count(answer.status);
    this.#planned = [];
    this.#finish();
    this.#client.answer(answer, modifiers);
  }

  #count(status: number): void {
    this.#port.gateway.stats.responses.count(status);
    this.#plan?.listener.count(status);
    this.#plan?.stats.responses.count(status);
    this.#backend?.stats.responses.count(status);
  }

  /** Nothing more comes of this exchange but what the client still has to be told. */
  #finish(): void {
    this.#active = false;
    this.#leavePool();
    this.#opening = "";
    this.#openingBody = "";
    if (this.slot !== -1) this.#shared.deadlines.remove(this);
    if (this.#mirrors.length > 0) {
      if (!this.#requestEnded) for (const mirror of this.#mirrors) mirror.abort();
      this.#mirrors = [];
    }
  }

  #leavePool(): void {
    if (this.#pool === undefined) return;
    this.#pool.active--;
    (this.#backend as Backend).stats.active--;
    this.#pool = undefined;
  }
}

const idempotent: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"],
  ...["QUERY", "PROPFIND", "SEARCH", "REPORT"],
]);
