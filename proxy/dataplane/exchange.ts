import type { Admitted } from "./admission.ts";
import { type Answer, answers, upstreamAnswer } from "./answers.ts";
import type { Waiter } from "./deadlines.ts";
import type { Downstream } from "./downstream.ts";
import { type FilteredExchange, filterRequest, type RequestFilters } from "./filters/request-filters.ts";
import { grpcAnswer } from "./grpc.ts";
import type { Head } from "./http1/head.ts";
import { offeredProtocols, switchesTo } from "./http1/upgrade.ts";
import type { BodyPieces, RequestMessage, ResponseMessage } from "./message.ts";
import { RequestBody } from "./request-body.ts";
import { Retries } from "./retry.ts";
import type { PortRouting } from "./routing/gateway.ts";
import type { RoutePlan } from "./routing/plan.ts";
import { RequestView } from "./routing/request-view.ts";
import { countResponse, type Routed, routeRequest } from "./routing/route-request.ts";
import type { Shared } from "./shared.ts";
import type { UpstreamError } from "./stats.ts";
import { Tunnel } from "./tunnel.ts";
import type { Backend } from "./upstream/backend.ts";
import type { UpstreamChannel, UpstreamHandler } from "./upstream/handler.ts";
import type { EndpointPool } from "./upstream/pool.ts";

/**
 * One request's life: routed, sent to a backend, answered. A connection that carries one request at a time has one
 * exchange, used again and again; what holds for one request only is set in `begin`.
 */
export class Exchange implements UpstreamHandler, FilteredExchange, Admitted, Waiter {
  due = 0;
  slot = -1;
  admitted = false;

  readonly #client: Downstream;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #request = new RequestView();

  #routed: Routed | undefined;
  /** Of a rule with filters for ExtensionRef. */
  #filters: RequestFilters | undefined;
  #pool: EndpointPool | undefined;
  #connection: UpstreamChannel | undefined;
  readonly #body = new RequestBody();
  readonly #retries = new Retries();
  /** Only a connection that has served no request will do: one that had has failed. */
  #fresh = false;
  #responding = false;
  #active = false;
  #requestDue = 0;
  /** The protocols that the request offers to its backend, or empty. */
  #offered = "";

  constructor(client: Downstream, port: PortRouting, shared: Shared) {
    this.#client = client;
    this.#port = port;
    this.#shared = shared;
  }

  /** The response has begun. */
  get responding(): boolean {
    return this.#responding;
  }

  get method(): string {
    return this.#request.method;
  }

  /** Of a request that was not answered at once. */
  get #backend(): Backend {
    return this.#routed?.backend as Backend;
  }

  /** @param length of the body, as in `requestLength`. */
  begin(message: RequestMessage, length: number): void {
    this.#active = true;
    this.#fresh = false;
    this.#responding = false;
    this.#requestDue = 0;
    this.#offered = offeredProtocols(message, length, this.#shared.upgrades);
    this.#routed = undefined;
    const { head, method } = message;
    const answer = this.#request.read(head, method) ?? this.#shared.admission.admit(this) ?? this.#route(head, length);
    if (answer !== undefined) this.#answer(answer);
  }

  /** A defect in what a configuration has been made into fails its own requests only. */
  #route(head: Head, length: number): Answer | undefined {
    try {
      const { trustedHops, limits } = this.#shared;
      const routed = routeRequest(this.#request, head, this.#port, this.#client, trustedHops, this.#offered);
      const { requestTimeout = 0, retry } = routed.plan ?? {};
      if (requestTimeout > 0) this.#requestDue = this.#shared.deadlines.after(requestTimeout);
      this.#retries.begin(retry);
      this.#body.begin(length, retry === undefined ? 0 : limits.retryBody);
      this.#routed = routed;
      this.#filters = routed.plan?.extended
        ? filterRequest(this, routed, this.#request, head, this.#client, this.#offered, this.#shared)
        : undefined;
      if (this.#filters?.waiting === true) this.#setDeadline(0);
      return routed.answer;
    } catch {
      return answers.internal;
    }
  }

  /** A filter was waited for, and now it is known what becomes of the request. */
  onFiltered(filters: RequestFilters, answer: Answer | undefined): void {
    if (this.#filters !== filters || !this.#active) return;
    if (answer !== undefined) this.#answer(answer);
    else this.#send(undefined);
  }

  /** More of the body. */
  requestBody(bytes: Buffer, start: number, end: number): void {
    if (this.#active) this.#body.bytes(this.#connection?.out, bytes, start, end);
  }

  /** The same where there is framing between it. */
  requestChunks(bytes: Buffer, chunks: BodyPieces): void {
    if (this.#active) this.#body.chunks(this.#connection?.out, bytes, chunks);
  }

  /** The request is complete. */
  requestEnd(trailers: string): void {
    if (this.#active) this.#body.end(this.#connection?.out, trailers);
  }

  /** All that one read brought has been told: the request is sent, as far as it is there. */
  requestReadEnd(): void {
    if (!this.#active || this.#retries.waiting) return;
    if (this.#filters?.waiting === true) {
      // A little of the body is taken in: a client that leaves is noticed only while it is read from.
      if (this.#body.opening.length > this.#shared.limits.filteredBody) this.#client.pauseRequest();
    } else if (this.#pool === undefined) this.#send(undefined);
    else if (this.#connection !== undefined) {
      this.#connection.flush(this.#body.ended);
      if (!this.#body.ended && this.#connection.blocked) this.#client.pauseRequest();
    }
  }

  /** @param not an endpoint that has failed already. */
  #send(not: EndpointPool | undefined): void {
    const backend = this.#backend;
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
      if (!this.#body.ended) this.#client.pauseRequest();
      this.#setDeadline(this.#shared.limits.connectTimeout);
    }
    this.#body.startCopies(this.#shared.mirrors, (this.#routed as Routed).mirrors, this.method === "HEAD");
  }

  onConnection(connection: UpstreamChannel): void {
    const { limits } = this.#shared;
    const { plan, head } = this.#routed as Routed;
    const { requestTimeout, backendTimeout } = plan as RoutePlan;
    this.#connection = connection;
    this.#backend.stats.requests++;
    if (this.#requestDue > 0 || this.due > 0) this.#setDeadline(0);
    const timeout = backendTimeout ?? (requestTimeout === undefined ? limits.responseTimeout : 0);
    connection.begin(this, this.method === "HEAD", timeout, backendTimeout !== undefined);
    connection.out.begin(head, this.#body);
    connection.flush(this.#body.ended);
    if (this.#body.ended) return;
    if (connection.blocked) this.#client.pauseRequest();
    else this.#client.resumeRequest();
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
    this.#backend.stats.errors[error]++;
    this.#leavePool();
    // Nothing was written, so sending it elsewhere is safe whatever the method.
    if (error === "connect" && !this.#fresh && this.#retries.allowFailover) this.#resend(failed);
    else this.#retryOrAnswer(error, "", failed);
  }

  #retryOrAnswer(error: UpstreamError, detail: string, failed: EndpointPool | undefined): void {
    if (!this.#body.repeatable || !this.#retries.after(error, this.method)) {
      this.#answer(upstreamAnswer(error, detail));
      return;
    }
    if (error === "reset") this.#fresh = true;
    this.#retryLater(failed);
  }

  /** By the rule's `retry`. */
  #retryLater(failed: EndpointPool | undefined): void {
    ((this.#routed as Routed).plan as RoutePlan).stats.retries++;
    if (!this.#body.ended) this.#client.pauseRequest();
    this.#setDeadline(this.#retries.wait(failed));
  }

  /** A response that the rule has tried again. Its connection is kept if that costs no more than the wait. */
  #discard(status: number, length: number): void {
    const connection = this.#connection as UpstreamChannel;
    const failed = this.#pool;
    this.#connection = undefined;
    this.#backend.stats.responses.count(status);
    this.#leavePool();
    const isShort = length >= 0 && length <= this.#shared.limits.discardedBody;
    if (this.#body.ended && isShort) this.#retries.discard(connection);
    else connection.destroy();
    this.#retryLater(failed);
  }

  /** Once only. */
  #resend(not: EndpointPool | undefined): void {
    this.#fresh = true;
    this.#shared.stats.resent++;
    this.#send(not);
  }

  onInterim(message: ResponseMessage): void {
    if (this.#client.isHttp11) this.#client.interim(message);
  }

  /** What limits a request's time ends here; the place in its endpoint's pool is held until the client is gone. */
  onUpgrade(message: ResponseMessage): boolean {
    const { deadlines, limits, stats } = this.#shared;
    const connection = this.#connection;
    if (connection === undefined || !switchesTo(this.#offered, message.head)) return false;
    countResponse(this.#port, this.#routed, message.status);
    this.#requestDue = 0;
    deadlines.remove(this);
    this.#shared.admission.left(this);
    this.#connection = undefined;
    const tunnel = new Tunnel(deadlines, limits.tunnelIdleTimeout, stats.tunnels, this.#backend.stats);
    connection.join(tunnel.backend);
    this.#client.upgrade(message, (this.#routed as Routed).modifiers, tunnel.client);
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
      this.#answer(answers.filterFailed);
      return;
    }
    this.#responding = true;
    countResponse(this.#port, this.#routed, (filtered ?? message).status, message.status);
    this.#client.head(filtered ?? message, length, (filtered ?? (this.#routed as Routed)).modifiers);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.#responding) this.#client.body(bytes, start, end);
  }

  onChunks(bytes: Buffer, chunks: BodyPieces): void {
    this.#client.chunks(bytes, chunks);
  }

  onReadEnd(): void {
    this.#client.flush();
    if (this.#client.blocked) this.#connection?.pause();
  }

  onEnd(trailers: string): void {
    if (this.#retries.discardEnded()) return;
    this.#connection = undefined;
    this.#finish();
    this.#client.end(trailers);
  }

  onFailure(error: UpstreamError, detail: string): void {
    if (this.#retries.discardEnded()) return;
    const resent =
      this.#connection?.answered === false &&
      !this.#fresh &&
      this.#body.repeatable &&
      this.#retries.allowResend(error, this.#connection, this.method);
    const failed = this.#pool;
    this.#backend.stats.errors[error]++;
    this.#connection = undefined;
    this.#leavePool();
    if (this.#responding) {
      this.#finish();
      this.#client.abort();
    } else if (resent) this.#resend(failed);
    else this.#retryOrAnswer(error, detail, failed);
  }

  onDrain(): void {
    if (!this.#body.ended) this.#client.resumeRequest();
  }

  /** The client takes bytes again. */
  onClientDrain(): void {
    this.#connection?.resume();
  }

  /** The time that the rule gives the request is over, or no connection came free. */
  onDeadline(): void {
    if (!this.#active) return;
    const late = this.#requestDue > 0 && this.#requestDue <= this.#shared.deadlines.now;
    if (this.#retries.waiting && !late) {
      this.#send(this.#retries.endWait());
      return;
    }
    const waiting = this.#connection === undefined;
    const failed = this.#pool;
    if (!waiting && !this.#responding && this.#body.ended) failed?.health.failed();
    this.#cancel();
    if (this.#responding) {
      this.#finish();
      this.#client.abort();
    } else if (waiting && !late) {
      this.#leavePool();
      this.#retryOrAnswer("connectTimeout", "", failed);
    } else this.#answer(answers.requestTimeout);
  }

  /** The client is gone. */
  abort(): void {
    if (!this.#active) return;
    this.#cancel();
    this.#finish();
  }

  #cancel(): void {
    this.#filters?.stop();
    this.#pool?.cancel(this);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.destroy();
  }

  #answer(given: Answer): void {
    const answer = this.#routed?.plan?.isGrpc ? grpcAnswer(given) : given;
    this.#port.gateway.stats.countAnswer(answer.reason);
    countResponse(this.#port, this.#routed, answer.status);
    this.#finish();
    this.#client.answer(answer, this.#routed?.modifiers ?? []);
  }

  /** Nothing more comes of this exchange but what the client still has to be told. */
  #finish(): void {
    this.#active = false;
    this.#shared.admission.left(this);
    this.#leavePool();
    this.#retries.clear();
    this.#body.leave();
    if (this.slot !== -1) this.#shared.deadlines.remove(this);
  }

  #leavePool(): void {
    if (this.#pool === undefined) return;
    this.#pool.active--;
    this.#backend.stats.active--;
    this.#pool = undefined;
  }
}
