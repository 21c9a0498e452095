import { checkHops } from "../../../lib/routing/rewrite/hop-limit.ts";
import type { MessageRefusal } from "../http1/rules.ts";
import { withoutUnderscored } from "../http1/trailers.ts";
import { grpcAnswer, isCall, isCallTo } from "../message/grpc.ts";
import type { Head } from "../message/head.ts";
import { EXPECT } from "../message/header-names.ts";
import { applyHeaderUnderscores } from "../message/header-underscores.ts";
import { type LocalResponse, localResponses, upstreamAnswer } from "../message/local-response.ts";
import type { BodyPieces, RequestMessage, ResponseMessage } from "../message/message.ts";
import { offeredProtocols, switchesTo } from "../message/upgrade.ts";
import { RequestRecord } from "../observe/request-record.ts";
import type { Admitted } from "../overload/admission.ts";
import type { Client } from "../overload/client-shares.ts";
import { requestBytes } from "../overload/memory-relief.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { RoutePlan } from "../routing/plan.ts";
import { RequestView } from "../routing/request-view.ts";
import { type RoutedRequest, routeRequest } from "../routing/route-request.ts";
import type { EndReason, UpstreamError } from "../stats/stats.ts";
import type { Backend } from "../upstream/backend.ts";
import type { UpstreamChannel, UpstreamHandler } from "../upstream/handler.ts";
import type { EndpointPool } from "../upstream/pool.ts";
import { Retries } from "../upstream/retry.ts";
import { UpstreamLease } from "../upstream/upstream-lease.ts";
import type { Downstream } from "./downstream.ts";
import { RequestBody } from "./request-body.ts";
import { type FilteredExchange, filterRequest, type RequestFilters } from "./request-filters.ts";
import { RequestTime } from "./request-time.ts";
import { ResponseRelay } from "./response-relay.ts";
import type { Shared } from "./shared.ts";

/**
 * Handles one request: routes it, sends it to a backend, and answers it. A connection that carries one request at a
 * time reuses one exchange; `begin` resets the state of a request.
 */
export class Exchange implements UpstreamHandler, FilteredExchange, Admitted {
  admitted = false;
  inShare = false;
  expectsContinue = false;
  readonly client: Client;

  readonly #client: Downstream;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #request = new RequestView();
  readonly #record: RequestRecord;
  readonly #response: ResponseRelay;
  #routed: RoutedRequest | undefined;
  /** Present for a rule with filters for ExtensionRef. */
  #filters: RequestFilters | undefined;
  readonly place = new UpstreamLease();
  readonly #body = new RequestBody();
  readonly #retries = new Retries();
  readonly #time: RequestTime;
  #active = false;
  /** The protocols that the request offers to its backend, or empty. */
  #offered = "";

  constructor(client: Downstream, port: PortRouting, shared: Shared) {
    this.#client = client;
    this.client = client.peer;
    this.#port = port;
    this.#shared = shared;
    this.#record = new RequestRecord(client, port, this.#request, shared);
    this.#response = new ResponseRelay(client, this.#record, shared);
    this.#time = new RequestTime(this, shared.deadlines, shared.limits);
  }

  /** The request is a gRPC call of a GRPCRoute, whose time only this exchange limits. */
  get isCall(): boolean {
    return this.#time.isCall;
  }

  /** The response has begun. */
  get responding(): boolean {
    return this.#response.begun;
  }

  /** Number of waiting bytes, of the request's body and of the endpoint's data. */
  get heldBytes(): number {
    return this.#active ? requestBytes + this.#body.opening.length + (this.place.connection?.heldBytes ?? 0) : 0;
  }

  get method(): string {
    return this.#request.method;
  }

  /** @param length length of the body, as in `requestLength`. */
  begin(message: RequestMessage, length: number): void {
    this.#active = true;
    this.#response.begin();
    this.#time.begin();
    this.#offered = offeredProtocols(message, length, this.#shared.upgrades);
    this.#routed = undefined;
    const { head, method } = message;
    this.#record.begin(head);
    this.expectsContinue = head.has(EXPECT);
    const answer =
      applyHeaderUnderscores(this.#shared.headerUnderscores, head) ??
      this.#request.read(head, method, this.#client) ??
      checkHops(method, head, length !== 0) ??
      this.#shared.admission.admit(this) ??
      this.#route(head, length);
    if (answer === undefined) return;
    this.#time.isCall = isCall(head);
    this.#answer(answer);
  }

  /** Routes the request. A defect in a compiled configuration fails only its own requests. */
  #route(head: Head, length: number): LocalResponse | undefined {
    try {
      const routed = routeRequest(this.#request, head, this.#port, this.#client, this.#record, this.#offered);
      const { requestTimeout = 0, retry } = routed.plan ?? {};
      this.#time.allow(requestTimeout);
      this.#time.isCall = routed.plan?.isGrpc === true && isCall(head);
      this.#retries.begin(retry);
      this.#body.begin(length, retry === undefined ? 0 : this.#shared.limits.retryBody);
      this.#routed = routed;
      this.#record.routed = routed;
      this.#filters = routed.plan?.extended
        ? filterRequest(this, routed, this.#request, head, this.#client, this.#record, this.#offered, this.#shared)
        : undefined;
      if (this.#filters?.waiting === true) this.#time.wait(0);
      return routed.answer;
    } catch {
      return localResponses.internal;
    }
  }

  /** Called when an asynchronous filter has decided about the request. */
  onFiltered(filters: RequestFilters, answer: LocalResponse | undefined): void {
    if (this.#filters !== filters || !this.#active) return;
    if (answer !== undefined) this.#answer(answer);
    else this.#send(undefined);
  }

  /** Receives further data of the body. */
  requestBody(bytes: Buffer, start: number, end: number): void {
    this.#time.moved();
    if (!this.#active) return;
    this.#record.took(end - start);
    this.#body.bytes(this.place.connection?.out, bytes, start, end);
  }

  /** Receives further data of a body with framing in between. */
  requestChunks(bytes: Buffer, chunks: BodyPieces): void {
    this.#time.moved();
    if (!this.#active) return;
    this.#record.took(chunks.pieceBytes);
    this.#body.chunks(this.place.connection?.out, bytes, chunks);
  }

  /** Completes the request. */
  requestEnd(trailers: string): void {
    if (!this.#active) return;
    const { headerUnderscores } = this.#shared;
    const kept = headerUnderscores === "allow" ? trailers : withoutUnderscored(trailers);
    this.#body.end(this.place.connection?.out, kept);
  }

  /** Called after all parts of one read: sends the request, as far as it has arrived. */
  requestReadEnd(): void {
    if (!this.#active || this.#retries.waiting) return;
    if (this.#filters?.waiting === true) {
      // Some of the body is read meanwhile: the proxy notices that a client has left only while it reads from it.
      if (this.#body.opening.length > this.#shared.limits.filteredBody) this.#client.pauseRequest();
    } else if (this.place.pool === undefined) this.#send(undefined);
    else if (this.place.connection !== undefined) this.#forward(this.place.connection);
  }

  /** Flushes to the backend, and reads no more from the client than the backend accepts. */
  #forward(connection: UpstreamChannel): void {
    connection.flush(this.#body.ended);
    if (!this.#body.ended && connection.blocked) this.#client.pauseRequest();
  }

  /**
   * Sends the request to an endpoint.
   *
   * @param not an endpoint that has failed already.
   */
  #send(not: EndpointPool | undefined): void {
    const { mirrors, backend, requestModifiers } = this.#routed as RoutedRequest;
    this.#body.modifiers = requestModifiers;
    const { stats } = backend as Backend;
    const pool = (backend as Backend).choose(not);
    if (pool === undefined) {
      this.#record.failed("noEndpoint");
      this.#answer(localResponses.noEndpoint);
      return;
    }
    this.place.enter(pool, stats);
    const connection = pool.acquire(this, this.#retries.fresh);
    if (connection !== undefined) this.onConnection(connection);
    else {
      // The data that was read waits; the rest stays with the client.
      if (!this.#body.ended) this.#client.pauseRequest();
      this.#time.wait(this.#shared.limits.connectTimeout);
    }
    this.#body.startCopies(this.#shared.mirrors, mirrors, this.method === "HEAD");
  }

  onConnection(connection: UpstreamChannel): void {
    const { plan, head } = this.#routed as RoutedRequest;
    const { requestTimeout, backendTimeout } = plan as RoutePlan;
    const { isCall } = this.#time;
    this.place.connection = connection;
    this.#time.connected();
    const standard = requestTimeout === undefined && !isCall ? this.#shared.limits.responseTimeout : 0;
    connection.begin(this, this.method === "HEAD", backendTimeout ?? standard, backendTimeout !== undefined || isCall);
    connection.out.begin(this.#record.attempt(this.place.pool as EndpointPool, head), this.#body);
    this.#forward(connection);
    if (!this.#body.ended && !connection.blocked) this.#client.resumeRequest();
  }

  onNoConnection(error: UpstreamError): void {
    if (!this.#active || this.place.connection !== undefined) return;
    this.#record.failed(error);
    const failed = this.place.leave();
    if (this.#retries.failsOver(error)) this.#resend(failed);
    else this.#retryOrAnswer(error, "", failed);
  }

  #retryOrAnswer(error: UpstreamError, detail: string, failed: EndpointPool | undefined): void {
    if (this.#body.repeatable && this.#retries.after(error, this.method)) this.#retryLater(failed);
    else this.#answer(upstreamAnswer(error, detail));
  }

  /** Schedules a retry of the rule's `retry`. */
  #retryLater(failed: EndpointPool | undefined): void {
    this.#record.retry();
    if (!this.#body.ended) this.#client.pauseRequest();
    this.#time.wait(this.#retries.wait(failed));
  }

  /** Discards a response that the rule retries. Its connection is kept if the rest takes no longer than the wait. */
  #discard(status: number, length: number): void {
    const connection = this.place.release() as UpstreamChannel;
    this.#record.discarded(status);
    const failed = this.place.leave();
    const isShort = length >= 0 && length <= this.#shared.limits.discardedBody;
    if (this.#body.ended && isShort) this.#retries.discard(connection);
    else connection.destroy();
    this.#retryLater(failed);
  }

  #resend(not: EndpointPool | undefined): void {
    this.#retries.fresh = true;
    this.#record.resend();
    this.#send(not);
  }

  onInterim(message: ResponseMessage): void {
    if (this.#client.isHttp11) this.#client.interim(message);
  }

  /** The time limits of the request end here. It counts for its endpoint's pool until the client has left. */
  onUpgrade(message: ResponseMessage): boolean {
    if (this.place.connection === undefined || !switchesTo(this.#offered, message.head)) return false;
    this.#record.responds(message.status);
    this.#time.end();
    this.#shared.admission.left(this);
    const tunnel = this.place.joinTunnel(this.#shared);
    this.#record.tunnel = tunnel;
    this.#client.upgrade(message, (this.#routed as RoutedRequest).modifiers, tunnel.client);
    return true;
  }

  onHead(message: ResponseMessage, length: number): void {
    if (this.#body.repeatable && this.#retries.afterStatus(message.status)) {
      this.#discard(message.status, length);
      return;
    }
    const filtered = this.#filters?.respond(message);
    if (filtered?.failed === true) {
      this.#cancel();
      this.#answer(localResponses.filterFailed);
      return;
    }
    const { modifiers } = filtered ?? (this.#routed as RoutedRequest);
    this.#response.head(filtered ?? message, message.status, length, modifiers);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#time.moved();
    this.#response.body(bytes, start, end);
  }

  onChunks(bytes: Buffer, chunks: BodyPieces): void {
    this.#response.chunks(bytes, chunks);
  }

  onReadEnd(): void {
    this.#response.readEnd(this.place.connection);
  }

  onEnd(trailers: string): void {
    if (this.#retries.discardEnded()) return;
    this.place.release();
    this.#finish();
    this.#response.end(trailers);
  }

  onFailure(error: UpstreamError, detail: string): void {
    if (this.#retries.discardEnded()) return;
    const connection = this.place.release();
    const resent = this.#body.repeatable && this.#retries.resends(error, connection, this.method);
    this.#record.failed(error);
    const failed = this.place.leave();
    if (this.responding) this.#cutResponse();
    else if (resent) this.#resend(failed);
    else this.#retryOrAnswer(error, detail, failed);
  }

  onDrain(): void {
    if (!this.#body.ended) this.#client.resumeRequest();
  }

  /** The client reads again. */
  onClientDrain(): void {
    this.place.connection?.resume();
  }

  /** The rule's time for the request is over, or no connection became free. */
  onDeadline(): void {
    if (!this.#active) return;
    const late = this.#time.isOver;
    if (this.#retries.waiting && !late) {
      this.#send(this.#retries.endWait());
      return;
    }
    const { pool: failed, connection } = this.place;
    const waiting = connection === undefined;
    if (!waiting && this.#time.isExtended()) return;
    if (!waiting && !this.isCall && !this.responding && this.#body.ended) failed?.health.failed();
    this.#record.late(waiting && !late);
    this.#cancel();
    if (this.responding) this.#cutResponse();
    else if (waiting && !late) {
      this.place.leave();
      this.#retryOrAnswer("connectTimeout", "", failed);
    } else this.#answer(localResponses.requestTimeout);
  }

  onContended(elapsed: number): boolean {
    if (!this.responding || this.#client.keepsReading(elapsed)) return false;
    this.#shared.stats.ended.slowReader++;
    this.cut("slowReader");
    return true;
  }

  /** Ends the request in favour of others. */
  cut(reason: EndReason): void {
    if (!this.#active) return;
    this.#record.cut(reason);
    this.#cancel();
    this.#cutResponse();
  }

  #cutResponse(): void {
    this.#finish();
    this.#client.abort();
  }

  /** Handles a client that has left, or a request that turns out to be refused, which the caller answers. */
  abort(refusal?: MessageRefusal): void {
    if (!this.#active) return;
    this.#cancel();
    if (refusal === undefined) this.#record.left();
    else this.#record.answered(refusal);
    this.#finish();
  }

  #cancel(): void {
    this.#filters?.stop();
    this.place.cancel(this);
  }

  #answer(given: LocalResponse): void {
    const answer = this.isCall || isCallTo(this.#routed?.head) ? grpcAnswer(given) : given;
    this.#record.answered(answer);
    this.#finish();
    this.#client.answer(answer, this.#routed?.modifiers ?? []);
  }

  /** Ends the exchange; only the rest of the response may still have to be sent. */
  #finish(): void {
    this.#active = false;
    this.#record.finish();
    this.#shared.admission.left(this);
    this.place.leave();
    this.#retries.clear();
    this.#body.leave();
    this.#time.end();
  }
}
