import type { Forwarding, Peer, RequestMarks } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { answerBody, type LocalResponse } from "../message/local-response.ts";
import type { OutgoingHead } from "../message/message.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { RequestView } from "../routing/request-view.ts";
import { countResponse, type RoutedRequest } from "../routing/route-request.ts";
import type { BackendStats, EndReason, Stats, UpstreamError } from "../stats/stats.ts";
import { requestIdOf } from "./request-id.ts";

/** The reasons in the access log for requests that were ended in favour of others. */
const cutReasons: Readonly<Record<EndReason, string>> = { slowReader: "SlowReader", memory: "ShortOfMemory" };

/** The client's side of a request, as far as it is reported. */
export interface ObservedClient {
  readonly peer: Peer;
  /** HTTP version: `1.0`, `1.1` or `2`. */
  readonly version: string;
}

/** The trace of a request. */
export interface RequestTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The trace fields for a backend; see `RequestMarks.trace`. */
  readonly lines: readonly string[];
  /** Reports that the request is sent to an endpoint; returns the head to send, which names this attempt. */
  attempt(endpoint: RecordedEndpoint, head: OutgoingHead): OutgoingHead;
  /** Reports that a response to the attempt has begun. */
  answered(status: number): void;
  /** Reports the end of the attempt, with its error or an empty string. */
  attemptEnded(error: string): void;
}

/** The destination of a request. */
export interface RecordedEndpoint {
  readonly address: string;
  readonly port: number;
}

/** Receives requests, beyond counting them. */
export interface RequestObserver {
  /** The head has been read; it is valid until this returns. */
  begun(record: RequestRecord, head: Head): void;
  finished(record: RequestRecord): void;
}

/**
 * Counts the results of one request, and keeps them for metrics, access log and trace. One record serves all requests
 * of an exchange, one after another. Without an observer, it costs two clock reads, an id and a few additions.
 */
export class RequestRecord implements RequestMarks {
  readonly client: ObservedClient;
  readonly port: PortRouting;
  readonly request: RequestView;
  readonly forwarding: Forwarding;
  id = "";
  /** Times (`performance.now`) of the head, of the last attempt and of its response's head; 0 for never. */
  started = 0;
  attempted = 0;
  responded = 0;
  /** Bytes of body data, received from and sent to the client. */
  received = 0;
  sent = 0;
  /** Status of the response, including 101; 0 if there was none. */
  status = 0;
  /** `LocalResponse.reason`, or the reason why the proxy has ended the request in favour of others. */
  reason = "";
  /** The `UpstreamError` of the last attempt; empty if it did not fail. */
  error = "";
  attempts = 0;
  /** Number of retries of the rule's `retry`. */
  retries = 0;
  /** Number of repetitions on a fresh connection, because a kept one had been closed or none could be made. */
  resent = 0;
  /** True if the client disconnected before the response was complete. */
  aborted = false;
  endpoint: RecordedEndpoint | undefined;
  /** For a request that became a tunnel: the bytes from each side. */
  tunnel:
    | { readonly client: { readonly received: number }; readonly backend: { readonly received: number } }
    | undefined;
  /** Values of the fields to log, in the order of the access log's options. */
  fields: readonly (string | undefined)[] | undefined;
  span: RequestTrace | undefined;
  /** The result of routing; undefined if the request was not routed. */
  routed: RoutedRequest | undefined;
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

  /** Counts data of the request's body. */
  took(bytes: number): void {
    this.received += bytes;
    this.port.gateway.stats.bodies.received += bytes;
  }

  /** Counts data of the response's body. */
  gave(bytes: number): void {
    this.sent += bytes;
    this.port.gateway.stats.bodies.sent += bytes;
  }

  get #backend(): BackendStats | undefined {
    return this.routed?.backend?.stats;
  }

  /** Counts that the request is sent to an endpoint; returns the head to send. */
  attempt(endpoint: RecordedEndpoint, head: OutgoingHead): OutgoingHead {
    (this.#backend as BackendStats).requests++;
    this.attempts++;
    this.error = "";
    if (this.#observer === undefined) return head;
    this.attempted = performance.now();
    this.endpoint = endpoint;
    return this.span === undefined ? head : this.span.attempt(endpoint, head);
  }

  /** Counts a response for the client. */
  responds(status: number, ofBackend: number = status): void {
    this.#count(status, ofBackend);
    this.#attemptAnswered(ofBackend);
  }

  /** Counts a response that the client does not get, because the request is sent again. */
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

  /** Counts a failed attempt, or that none could be made. */
  failed(error: UpstreamError): void {
    if (this.#backend !== undefined) this.#backend.errors[error]++;
    this.#fails(error);
  }

  /** Counts that the rule's time for the request, or the wait for a connection, is over. */
  late(waiting: boolean): void {
    this.#fails(waiting ? "connectTimeout" : "timeout");
  }

  #fails(error: UpstreamError): void {
    this.error = error;
    this.span?.attemptEnded(error);
  }

  /** Counts a retry of the rule's `retry`. */
  retry(): void {
    this.retries++;
    if (this.routed?.plan !== undefined) this.routed.plan.stats.retries++;
  }

  /** Counts a repetition because a connection was closed or none could be made. */
  resend(): void {
    this.resent++;
    this.#stats.resent++;
  }

  /** Counts a local response. */
  answered(answer: LocalResponse): void {
    this.reason = answer.reason;
    this.port.gateway.stats.countAnswer(answer.reason);
    this.#count(answer.status, answer.status);
    if (this.request.method !== "HEAD") this.gave(answerBody(answer).length);
  }

  #count(status: number, ofBackend: number): void {
    this.status = status;
    countResponse(this.port, this.routed, status, ofBackend);
  }

  /** Notes that the proxy ends the request in favour of others. */
  cut(reason: EndReason): void {
    this.reason = cutReasons[reason];
    this.span?.attemptEnded(this.reason);
  }

  /** Notes that the client has left. */
  left(): void {
    this.aborted = this.tunnel === undefined;
  }

  /** Ends the record of the request. */
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

/** The state that all records of a proxy share. */
export interface RecordShared {
  readonly forwarding: Forwarding;
  readonly stats: Stats;
  readonly observer: RequestObserver | undefined;
}
