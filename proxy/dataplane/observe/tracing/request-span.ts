import type { OutgoingHead } from "../../message/message.ts";
import type { RoutePlan } from "../../routing/plan.ts";
import type { RecordedEndpoint, RequestRecord, RequestTrace } from "../request-record.ts";
import { type Attributes, CLIENT, encodeSpan, SERVER } from "./otlp.ts";
import { randomId, SAMPLED, type TraceContext, traceparent } from "./trace-context.ts";

/** Maximum number of traced attempts of one request; a rule's `retry` may have any number. */
const mostAttempts = 16;

/**
 * The span of one request in this proxy, and those of its attempts at backends. The backend receives the span of the
 * attempt. A request that is not sampled makes no spans; its caller's context is forwarded, so that all services see
 * one trace.
 */
export class RequestSpan implements RequestTrace {
  readonly traceId: string;
  readonly lines: readonly string[];
  readonly #record: RequestRecord;
  readonly #parent: TraceContext | undefined;
  readonly #flags: number;
  readonly #sampled: boolean;
  /** The difference between `performance.now` and milliseconds since 1970. */
  readonly #epoch: number;
  readonly #spanId: string;
  readonly #encoded: string[] = [];
  /** The span id of the current attempt, or of the first one before there is any. */
  #attemptId: string;
  #endpoint: RecordedEndpoint | undefined;
  #status = 0;
  #attempts = 0;

  constructor(record: RequestRecord, parent: TraceContext | undefined, traceId: string, sampled: boolean) {
    this.#record = record;
    this.#parent = parent;
    this.traceId = traceId;
    this.#sampled = sampled;
    this.#flags = ((parent?.flags ?? 0) & ~SAMPLED) | (sampled ? SAMPLED : 0);
    this.#epoch = sampled ? Date.now() - performance.now() : 0;
    this.#spanId = sampled ? randomId(8) : "";
    this.#attemptId = sampled || parent === undefined ? randomId(8) : parent.spanId;
    const lines = ["traceparent", traceparent(traceId, this.#attemptId, this.#flags)];
    this.lines = parent?.state === undefined ? lines : [...lines, "tracestate", parent.state];
  }

  /**
   * Returns the head for an attempt. It was written for the first one; for a later one, the id of its span replaces the
   * first one's.
   */
  attempt(endpoint: RecordedEndpoint, head: OutgoingHead): OutgoingHead {
    if (!this.#sampled) return head;
    this.#endpoint = endpoint;
    this.#status = 0;
    if (this.#attempts++ === 0) return head;
    this.#attemptId = randomId(8);
    const first = this.lines[1] as string;
    const own = traceparent(this.traceId, this.#attemptId, this.#flags);
    return typeof head === "string" ? head.replace(first, own) : head.map((text) => (text === first ? own : text));
  }

  answered(status: number): void {
    this.#status = status;
  }

  attemptEnded(error: string): void {
    const endpoint = this.#endpoint;
    const status = this.#status;
    if (endpoint === undefined || this.#encoded.length >= mostAttempts) return;
    this.#endpoint = undefined;
    const { request, attempted } = this.#record;
    const attributes = {
      ...methodOf(request.method),
      "server.address": endpoint.address,
      "server.port": endpoint.port,
      "network.peer.address": endpoint.address,
      "network.peer.port": endpoint.port,
      "http.response.status_code": status === 0 ? undefined : status,
      "http.request.resend_count": this.#attempts > 1 ? this.#attempts - 1 : undefined,
      "error.type": error !== "" ? error : status >= 400 ? String(status) : undefined,
    };
    this.#encode(this.#attemptId, this.#spanId, CLIENT, methodName(request.method), attempted, attributes);
  }

  /** Returns all encoded spans of the request. An attempt that its client has abandoned ends with the request. */
  finish(): readonly string[] {
    if (!this.#sampled) return [];
    const { request, routed, started, error, aborted } = this.#record;
    this.attemptEnded(error !== "" ? error : aborted ? "aborted" : "");
    const route = routed?.plan?.candidate.match.path.value;
    const name = route === undefined ? methodName(request.method) : `${methodName(request.method)} ${route}`;
    this.#encode(this.#spanId, this.#parent?.spanId, SERVER, name, started, this.#attributes(route));
    return this.#encoded;
  }

  /** Returns the attributes of the semantic conventions for HTTP servers, and a few of our own. */
  #attributes(route: string | undefined): Attributes {
    const { request, routed, client, port, status, reason, error, aborted, received, sent, retries, id } = this.#record;
    const { peer, version } = client;
    const { namespace, name } = port.gateway.stats.gateway;
    return {
      ...methodOf(request.method),
      "url.scheme": peer.scheme,
      "url.path": routed === undefined ? undefined : request.path,
      "http.route": route,
      "http.response.status_code": status === 0 ? undefined : status,
      "server.address": request.host,
      "server.port": peer.port,
      "client.address": peer.address,
      "network.protocol.name": "http",
      "network.protocol.version": version,
      "http.request.body.size": received,
      "http.response.body.size": sent,
      "error.type": errorOf(status, reason, error, aborted),
      "gatewright.gateway": `${namespace}/${name}`,
      ...routeAttributes(routed?.plan),
      "gatewright.backend": routed?.backend?.stats.key,
      "gatewright.reason": reason,
      "gatewright.retries": retries > 0 ? retries : undefined,
      "gatewright.request_id": id,
    };
  }

  #encode(
    spanId: string,
    parentSpanId: string | undefined,
    kind: Kind,
    name: string,
    start: number,
    attributes: Attributes,
  ) {
    const status = attributes["http.response.status_code"];
    // A client's error is no error of a server span, but it is one of a client span (semantic conventions).
    const failed =
      attributes["error.type"] !== undefined && (kind === CLIENT || typeof status !== "number" || status >= 500);
    const end = performance.now() + this.#epoch;
    const { traceId } = this;
    const flags = this.#flags;
    const traceState = this.#parent?.state;
    this.#encoded.push(
      encodeSpan({
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        start: start + this.#epoch,
        end,
        attributes,
        failed,
      }),
    );
  }
}

type Kind = typeof SERVER | typeof CLIENT;

function errorOf(status: number, reason: string, error: string, aborted: boolean): string | undefined {
  if (aborted) return "aborted";
  if (status >= 500) return reason === "" ? String(status) : reason;
  return error === "" ? undefined : error;
}

function routeAttributes(plan: RoutePlan | undefined): Attributes {
  if (plan === undefined) return {};
  const { rule, listener } = plan.candidate;
  const { route } = rule.ir;
  return {
    "gatewright.listener": listener.name,
    "gatewright.route": `${route.kind}/${route.namespace}/${route.name}`,
    "gatewright.rule": rule.ir.name ?? String(rule.ir.index),
  };
}

/** Methods that may be part of a span's name, since they are few: those of RFC 9110 and PATCH (RFC 5789). */
const known: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"],
]);

function methodName(method: string): string {
  return known.has(method) ? method : "HTTP";
}

function methodOf(method: string): Attributes {
  if (known.has(method)) return { "http.request.method": method };
  return { "http.request.method": "_OTHER", "http.request.method_original": method };
}
