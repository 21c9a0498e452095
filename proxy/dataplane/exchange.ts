import { type Answer, answers, upstreamAnswer } from "./answers.ts";
import type { Waiter } from "./deadlines.ts";
import type { Downstream } from "./downstream.ts";
import { chunkText, lastChunk } from "./http1/chunk-text.ts";
import type { Head } from "./http1/head.ts";
import type { MessageParser } from "./http1/message-parser.ts";
import { CHUNKED } from "./http1/rules.ts";
import { offeredProtocols, switchesTo } from "./http1/upgrade.ts";
import type { Mirror } from "./mirror.ts";
import type { PortRouting } from "./routing/gateway.ts";
import type { RoutePlan } from "./routing/plan.ts";
import { RequestView } from "./routing/request-view.ts";
import { type Routed, routeRequest } from "./routing/route-request.ts";
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
export class Exchange implements UpstreamHandler, Waiter {
  due = 0;
  slot = -1;

  readonly #client: Downstream;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #request = new RequestView();

  #routed: Routed | undefined;
  #pool: EndpointPool | undefined;
  #connection: UpstreamChannel | undefined;
  /** The body that came with the head. Both are sent first, and can be sent again. */
  #openingBody = "";
  #isChunked = false;
  #requestEnded = false;
  /** All that was sent is in the opening, and nothing was sent twice. */
  #resendable = false;
  #fresh = false;
  #responding = false;
  #active = false;
  #requestDue = 0;
  /** The protocols that the request offers to its backend, or empty. */
  #offered = "";
  #mirrors: Mirror[] = [];
  #mirrored = false;

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
  begin(parser: MessageParser, length: number): void {
    this.#active = true;
    this.#openingBody = "";
    this.#isChunked = length === CHUNKED;
    this.#requestEnded = false;
    this.#resendable = true;
    this.#fresh = false;
    this.#responding = false;
    this.#mirrored = false;
    this.#requestDue = 0;
    this.#offered = offeredProtocols(parser, length, this.#shared.upgrades);
    this.#routed = undefined;
    const answer = this.#request.read(parser.head, parser.method) ?? this.#route(parser.head);
    if (answer !== undefined) this.#answer(answer);
  }

  /** A defect in what a configuration has been made into fails its own requests only. */
  #route(head: Head): Answer | undefined {
    try {
      const { trustedHops } = this.#shared;
      const routed = routeRequest(this.#request, head, this.#port, this.#client, trustedHops, this.#offered);
      const limit = routed.plan?.requestTimeout ?? 0;
      if (limit > 0) this.#requestDue = this.#shared.deadlines.after(limit);
      this.#routed = routed;
      return routed.answer;
    } catch {
      return answers.internal;
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
      if (!this.#requestEnded) this.#client.pauseRequest();
      this.#setDeadline(this.#shared.limits.connectTimeout);
    }
    this.#startMirrors();
  }

  onConnection(connection: UpstreamChannel): void {
    const { limits } = this.#shared;
    const { plan, text } = this.#routed as Routed;
    const { requestTimeout, backendTimeout } = plan as RoutePlan;
    this.#connection = connection;
    this.#backend.stats.requests++;
    if (this.#requestDue > 0 || this.due > 0) this.#setDeadline(0);
    const timeout = backendTimeout ?? (requestTimeout === undefined ? limits.responseTimeout : 0);
    connection.begin(this, this.method === "HEAD", timeout, backendTimeout !== undefined);
    connection.out.text(this.#openingBody === "" ? text : text + this.#openingBody);
    connection.flush(this.#requestEnded);
    if (this.#requestEnded) return;
    if (connection.blocked) this.#client.pauseRequest();
    else this.#client.resumeRequest();
  }

  /** Copies set out when the original has, so that they cannot delay it. */
  #startMirrors(): void {
    const { mirrors } = this.#routed as Routed;
    if (mirrors.length === 0 || this.#mirrored) return;
    this.#mirrored = true;
    for (const { backend, text } of mirrors) {
      const copy = text + this.#openingBody;
      const mirror = this.#shared.mirrors.start(backend, copy, this.method === "HEAD", this.#requestEnded);
      if (mirror !== undefined) this.#mirrors.push(mirror);
    }
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

  /** What limits a request's time ends here; the place in its endpoint's pool is held until the client is gone. */
  onUpgrade(parser: MessageParser): boolean {
    const { deadlines, limits, stats } = this.#shared;
    const connection = this.#connection;
    if (connection === undefined || !switchesTo(this.#offered, parser.head)) return false;
    this.#count(parser.status);
    this.#requestDue = 0;
    deadlines.remove(this);
    this.#connection = undefined;
    const tunnel = new Tunnel(deadlines, limits.tunnelIdleTimeout, stats.tunnels, this.#backend.stats);
    connection.join(tunnel.backend);
    this.#client.upgrade(parser, (this.#routed as Routed).modifiers, tunnel.client);
    return true;
  }

  onHead(parser: MessageParser, length: number): void {
    this.#responding = true;
    this.#count(parser.status);
    this.#client.head(parser, length, (this.#routed as Routed).modifiers);
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
    this.#backend.stats.errors[error]++;
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
    this.#port.gateway.stats.countAnswer(answer.reason);
    this.#count(answer.status);
    this.#finish();
    this.#client.answer(answer, this.#routed?.modifiers ?? []);
  }

  #count(status: number): void {
    this.#port.gateway.stats.responses.count(status);
    this.#routed?.plan?.listener.count(status);
    this.#routed?.plan?.stats.responses.count(status);
    this.#routed?.backend?.stats.responses.count(status);
  }

  /** Nothing more comes of this exchange but what the client still has to be told. */
  #finish(): void {
    this.#active = false;
    this.#leavePool();
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
    this.#backend.stats.active--;
    this.#pool = undefined;
  }
}

const idempotent: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"],
  ...["QUERY", "PROPFIND", "SEARCH", "REPORT"],
]);
