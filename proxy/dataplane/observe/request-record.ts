import type { Forwarding, Peer, RequestMarks } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { type Answer, answerBody } from "../message/local-response.ts";
import type { OutgoingHead } from "../message/message.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { RequestView } from "../routing/request-view.ts";
import { countResponse, type Routed } from "../routing/route-request.ts";
import type { BackendStats, EndReason, Stats, UpstreamError } from "../stats/stats.ts";
import { requestIdOf } from "./request-id.ts";

/** What the access log says of requests that were ended for the sake of others. */
const cutReasons: Readonly<Record<EndReason, string>> = { slowReader: "SlowReader", memory: "ShortOfMemory" };

/** The client's side of a request, as far as it is told about. */
export interface ObservedClient {
  readonly peer: Peer;
  /** Of HTTP: `1.0`, `1.1` or `2`. */
  readonly version: string;
}

/** A request's trace. */
export interface RequestTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** What a backend is told; see `RequestMarks.trace`. */
  readonly lines: readonly string[];
  /** A request is sent to an endpoint; returns the head to send, which names this attempt. */
  attempt(endpoint: Endpoint, head: OutgoingHead): OutgoingHead;
  /** A response to it has begun. */
  answered(status: number): void;
  /** It is over, well or with an error. */
  attemptEnded(error: string): void;
}

/** What a request is sent to. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Who wants to know of requests beyond counting them. */
export interface RequestObserver {
  /** The head is read; it is valid until this returns. */
  begun(record: RequestRecord, head: Head): void;
  finished(record: RequestRecord): void;
}

/**
 * Counts what comes of one request, and keeps it for the metrics, the access log and its trace. One serves all requests
 * of an exchange, one after another. Unless there is an observer, it costs two looks at the clock, an id and a few
 * additions.
 */
export class RequestRecord implements RequestMarks {
  readonly client: ObservedClient;
  readonly port: PortRouting;
  readonly request: RequestView;
  readonly forwarding: Forwarding;
  id = "";
  /** On the clock of `performance.now`: the head is read; the last attempt was sent; its response began. 0 for never. */
  started = 0;
  attempted = 0;
  responded = 0;
  /** Data of bodies, in bytes. */
  received = 0;
  sent = 0;
  /** Of the response, also a 101; 0 if there was none. */
  status = 0;
  /** `Answer.reason`, if the proxy has answered by itself, or why it has ended the request for the sake of others. */
  reason = "";
  /** How the last attempt failed, an `UpstreamError`; empty if it did not. */
  error = "";
  attempts = 0;
  /** By the rule's `retry`. */
  retries = 0;
  /** On a fresh connection, since a kept one had been closed or none could be made. */
  resent = 0;
  /** The client has left before the response was complete. */
  aborted = false;
  endpoint: Endpoint | undefined;
  /** Of a request that became a tunnel: bytes that came from each side. */
  tunnel:
    | { readonly client: { readonly received: number }; readonly backend: { readonly received: number } }
    | undefined;
  /** Values of the fields that the access log wants, in its order. */
  fields: readonly (string | undefined)[] | undefined;
  span: RequestTrace | undefined;
  /** What routing made of it; undefined if it came to none. */
  routed: Routed | undefined;
  readonly #stats: Stats;
  readonly #observer: RequestObserver | undefined;

  constructor(client: ObservedClient, port: PortRouting, request: RequestView, shared: RecordShared) {
    this.client = client;
    this.port = port;
    this.request = request;
    this.forwarding = shared.forwarding;
    this.#stats = shared.stats;
    this.#observer = shared.observer;
  }

  get version(): string {
    return this.client.version;
  }

  get authority(): string | undefined {
    return this.request.authority;
  }

  get trace(): readonly string[] | undefined {
    return this.span?.lines;
  }

  begin(head: Head): void {
    this.port.gateway.stats.active++;
    this.routed = undefined;
    this.started = performance.now();
    this.attempted = 0;
    this.responded = 0;
    this.received = 0;
    this.sent = 0;
    this.status = 0;
    this.reason = "";
    this.error = "";
    this.attempts = 0;
    this.retries = 0;
    this.resent = 0;
    this.aborted = false;
    this.id = requestIdOf(head, this.forwarding);
    this.#observer?.begun(this, head);
  }

  /** Data of the request's body. */
  took(bytes: number): void {
    this.received += bytes;
    this.port.gateway.stats.bodies.received += bytes;
  }

  /** Data of the response's body. */
  gave(bytes: number): void {
    this.sent += bytes;
    this.port.gateway.stats.bodies.sent += bytes;
  }

  get #backend(): BackendStats | undefined {
    return this.routed?.backend?.stats;
  }

  /** The request is sent to an endpoint; returns the head to send. */
  attempt(endpoint: Endpoint, head: OutgoingHead): OutgoingHead {
    (this.#backend as BackendStats).requests++;
    this.attempts++;
    this.error = "";
    if (this.#observer === undefined) return head;
    this.attempted = performance.now();
    this.endpoint = endpoint;
    return this.span === undefined ? head : this.span.attempt(endpoint, head);
  }

  /** The client gets a response. */
  responds(status: number, ofBackend: number = status): void {
    this.#count(status, ofBackend);
    this.#attemptAnswered(ofBackend);
  }

  /** The client does not get a response, since the request is sent again. */
  discarded(status: number): void {
    this.#backend?.responses.count(status);
    this.#attemptAnswered(status);
    this.span?.attemptEnded("");
  }

  #attemptAnswered(status: number): void {
    if (this.#observer === undefined) return;
    this.responded = performance.now();
    this.span?.answered(status);
  }

  /** An attempt has failed, or none could be made. */
  failed(error: UpstreamError): void {
    if (this.#backend !== undefined) this.#backend.errors[error]++;
    this.#fails(error);
  }

  /** The time is over, which the rule gives the request, or which it may wait for a connection. */
  late(waiting: boolean): void {
    this.#fails(waiting ? "connectTimeout" : "timeout");
  }

  #fails(error: UpstreamError): void {
    this.error = error;
    this.span?.attemptEnded(error);
  }

  /** The request is sent again by the rule's `retry`. */
  retry(): void {
    this.retries++;
    if (this.routed?.plan !== undefined) this.routed.plan.stats.retries++;
  }

  /** It is sent again, since a connection was closed or none could be made. */
  resend(): void {
    this.resent++;
    this.#stats.resent++;
  }

  /** The proxy answers by itself. */
  answered(answer: Answer): void {
    this.reason = answer.reason;
    this.port.gateway.stats.countAnswer(answer.reason);
    this.#count(answer.status, answer.status);
    if (this.request.method !== "HEAD") this.gave(answerBody(answer).length);
  }

  #count(status: number, ofBackend: number): void {
    this.status = status;
    countResponse(this.port, this.routed, status, ofBackend);
  }

  /** The proxy ends the request for the sake of others. */
  cut(reason: EndReason): void {
    this.reason = cutReasons[reason];
    this.span?.attemptEnded(this.reason);
  }

  /** The client is gone. */
  left(): void {
    this.aborted = this.tunnel === undefined;
  }

  /** Nothing more comes of the request. */
  finish(): void {
    const { stats } = this.port.gateway;
    stats.active--;
    if (this.aborted) stats.aborted++;
    if (this.status !== 0) {
      const durations = this.routed?.plan?.durations ?? stats.unrouted;
      durations.observe(performance.now() - this.started, this.status);
    }
    if (this.#observer !== undefined) {
      this.#observer.finished(this);
      this.endpoint = undefined;
      this.fields = undefined;
      this.span = undefined;
    }
    this.tunnel = undefined;
    this.routed = undefined;
  }
}

/** What all records of a proxy share. */
export interface RecordShared {
  readonly forwarding: Forwarding;
  readonly stats: Stats;
  readonly observer: RequestObserver | undefined;
}
