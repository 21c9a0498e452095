import { type FilterCounts, noCounts } from "../../../lib/filters/bound-filter.ts";
import type { BackendKey, NamespacedName } from "../../../lib/routing/ir.ts";
import { DurationStats } from "./durations.ts";

/** Names of gauges at any depth. All other numbers only grow. */
export const gauges: ReadonlySet<string> = new Set(["active", "ejected", "running"]);

/** Names of gauges that are not added up: the highest value of any thread is the sum's. */
export const highest: ReadonlySet<string> = new Set(["ejected"]);

/**
 * Counters. Counting code holds the object itself, so that counting is an addition and builds no label. No name in here
 * comes from a request, so that the configuration bounds their number. Each thread has its own, and `addStats` sums
 * them: numbers, typed arrays of numbers, records and maps of these.
 */
export class Stats {
  /** Client connections. `failed`: the system could not accept them. `shed`: idle ones closed for others. */
  readonly connections = { accepted: 0, active: 0, refused: 0, failed: 0, shed: 0 };
  /** Refused connections and requests, by the scarce resource. */
  readonly overload: Record<OverloadReason, number> = {
    connections: 0,
    address: 0,
    requests: 0,
    memory: 0,
    processor: 0,
  };
  /** Responses and connections that were ended for the sake of others, by the reason. */
  readonly ended: Record<EndReason, number> = { slowReader: 0, memory: 0 };
  /** Counters by the Gateway's `namespace/name`. */
  readonly gateways = new Map<string, GatewayStats>();
  /** Failed TLS handshakes of clients. */
  readonly handshakeErrors: Record<HandshakeError, number> = {
    noCertificate: 0,
    timeout: 0,
    version: 0,
    closed: 0,
    refusedByClient: 0,
    clientCertificate: 0,
    protocol: 0,
    invalid: 0,
  };
  /** Connections without their required PROXY header. */
  readonly proxyHeaderErrors: Record<ProxyHeaderError, number> = { invalid: 0, timeout: 0, closed: 0 };
  /**
   * HTTP/2 connections of clients: how many were accepted, and how many of them were ended with ENHANCE_YOUR_CALM: for
   * too many resets, refused requests, invalid frames, or frames that require a reply.
   */
  readonly http2 = { accepted: 0, calmed: 0 };
  readonly mirrors: MirrorStats = { sent: 0, dropped: 0, failed: 0 };
  readonly tunnels: TunnelStats = { opened: 0, active: 0, received: 0, sent: 0 };
  /** Counters of ExtensionRef filters, by `group/kind`. */
  readonly filters = new Map<string, FilterCounts>();
  /** Lines of the access log: written, and dropped since the system took them too slowly. */
  readonly accessLog = { written: 0, dropped: 0 };
  /** Spans: accepted by the receiver; dropped since too many waited; rejected, or lost on the way. */
  readonly spans = { exported: 0, dropped: 0, failed: 0 };
  /**
   * Worker threads, counted by their supervisor: how many run, how many ended by an error, how many did not respond for
   * a while, and how many replaced another.
   */
  readonly workers = { running: 0, crashed: 0, hung: 0, replaced: 0 };
  /** Requests sent again because their kept connection had been closed. */
  resent = 0;

  gateway(gateway: NamespacedName): GatewayStats {
    const key = `${gateway.namespace}/${gateway.name}`;
    return entry(this.gateways, key, () => new GatewayStats(gateway));
  }

  /**
   * Returns the counters of a filter.
   *
   * @param key `group/kind`.
   */
  filter(key: string): FilterCounts {
    return entry(this.filters, key, noCounts);
  }
}

/** Counters of one Gateway. Counters of rules, listeners and backends survive every swap that keeps their names. */
export class GatewayStats {
  readonly gateway: NamespacedName;
  readonly responses = new ResponseStats();
  /** Responses by `Kind/namespace/name/listener`. */
  readonly listeners = new Map<string, ResponseStats>();
  /** Counters of rules by `RuleIR.id`. */
  readonly rules = new Map<string, RuleStats>();
  readonly backends = new Map<BackendKey, BackendStats>();
  /** Responses of the proxy itself, by their reason (`LocalResponse.reason`). */
  readonly answers = new Map<string, number>();
  /** Requests under way, from their head to the end of their response; tunnels included. */
  active = 0;
  /** Requests whose client disconnected before their response was complete. */
  aborted = 0;
  /** Bytes of bodies without framing: of requests, and of responses. */
  readonly bodies = { received: 0, sent: 0 };
  /** Durations from the head of a request to the end of its response, by the route's `Kind/namespace/name`. */
  readonly routes = new Map<string, DurationStats>();
  /** Durations of requests that no route matched. */
  readonly unrouted = new DurationStats();

  constructor(gateway: NamespacedName) {
    this.gateway = gateway;
  }

  listener(key: string): ResponseStats {
    return entry(this.listeners, key, () => new ResponseStats());
  }

  route(key: string): DurationStats {
    return entry(this.routes, key, () => new DurationStats());
  }

  rule(id: string): RuleStats {
    return entry(this.rules, id, () => new RuleStats());
  }

  backend(key: BackendKey): BackendStats {
    return entry(this.backends, key, () => new BackendStats(key));
  }

  countAnswer(reason: string): void {
    this.answers.set(reason, (this.answers.get(reason) ?? 0) + 1);
  }

  /** Drops counters of names that the configuration no longer has. */
  retain({ rules, routes, backends, listeners }: StatsNames): void {
    for (const id of this.rules.keys()) if (!rules.has(id)) this.rules.delete(id);
    for (const key of this.routes.keys()) if (!routes.has(key)) this.routes.delete(key);
    for (const key of this.backends.keys()) if (!backends.has(key)) this.backends.delete(key);
    for (const key of this.listeners.keys()) if (!listeners.has(key)) this.listeners.delete(key);
    for (const { picked } of this.rules.values())
      for (const key of picked.keys()) if (!backends.has(key)) picked.delete(key);
  }
}

/** Names in a configuration. */
export interface StatsNames {
  readonly rules: ReadonlySet<string>;
  readonly routes: ReadonlySet<string>;
  readonly backends: ReadonlySet<BackendKey>;
  readonly listeners: ReadonlySet<string>;
}

/** Responses by the first digit of their status, including those of the proxy itself. */
export class ResponseStats {
  informational = 0;
  success = 0;
  redirection = 0;
  clientError = 0;
  serverError = 0;

  count(status: number): void {
    if (status < 200) this.informational++;
    else if (status < 300) this.success++;
    else if (status < 400) this.redirection++;
    else if (status < 500) this.clientError++;
    else this.serverError++;
  }

  get total(): number {
    return this.informational + this.success + this.redirection + this.clientError + this.serverError;
  }
}

export class RuleStats {
  /** Requests that the rule matched. */
  requests = 0;
  /** Number of retries by the rule's `retry`. */
  retries = 0;
  readonly responses = new ResponseStats();
  /** Requests that the split gave to each backend, with any outcome. */
  readonly picked = new Map<BackendKey, { requests: number }>();

  pickedOf(key: BackendKey): { requests: number } {
    return entry(this.picked, key, () => ({ requests: 0 }));
  }
}

export class BackendStats {
  readonly key: BackendKey;
  /** Requests sent to the backend, without mirrored ones. */
  requests = 0;
  mirrored = 0;
  /** Requests under way. */
  active = 0;
  /** Ejected endpoints that get no requests for now, and the number of ejections. */
  ejected = 0;
  ejections = 0;
  readonly tunnels: TunnelStats = { opened: 0, active: 0, received: 0, sent: 0 };
  readonly responses = new ResponseStats();
  readonly errors: Record<UpstreamError, number> = {
    connect: 0,
    connectTimeout: 0,
    certificate: 0,
    overflow: 0,
    reset: 0,
    timeout: 0,
    invalid: 0,
    noEndpoint: 0,
    refused: 0,
  };

  constructor(key: BackendKey) {
    this.key = key;
  }
}

/**
 * The reason of a refusal: too many connections, too many of one address, too many requests under way, too little
 * memory or too little processor time.
 */
export type OverloadReason = "connections" | "address" | "requests" | "memory" | "processor";

/**
 * The reason why a connection or request was ended for the sake of others: the client of a response did not read while
 * requests waited for the connection that it held; a connection or a mirrored request held much memory while memory was
 * short.
 */
export type EndReason = "slowReader" | "memory";

/**
 * The reason of a failed handshake: no listener or no certificate for the server name, not done in time, unsupported
 * versions or ciphers of TLS, closed before its end, refused by the client, no valid client certificate, no common
 * protocol (ALPN), a protocol error.
 */
export type HandshakeError =
  | "noCertificate"
  | "timeout"
  | "version"
  | "closed"
  | "refusedByClient"
  | "clientCertificate"
  | "protocol"
  | "invalid";

/** The reason of a failed PROXY header: it is invalid, not in time, or the connection closed before its end. */
export type ProxyHeaderError = "invalid" | "timeout" | "closed";

/**
 * The reason of a failure at a backend: no connection, none in time, a certificate that its policy does not accept, too
 * many waiting requests, closed before or in its response, too slow, a protocol error, no ready endpoint; or it refused
 * a request without processing it, as HTTP/2 can.
 */
export type UpstreamError =
  | ("connect" | "connectTimeout" | "certificate" | "overflow" | "reset" | "timeout" | "invalid" | "noEndpoint")
  | "refused";

export interface MirrorStats {
  /** Mirrored requests that were sent completely. */
  sent: number;
  /** Copies dropped since too many were under way, their backend has no endpoint or takes too long. */
  dropped: number;
  /** Copies lost with their connection, or never connected. */
  failed: number;
}

/** Connections that have switched protocols, such as WebSocket connections. */
export interface TunnelStats {
  opened: number;
  active: number;
  /** Bytes from clients. */
  received: number;
  sent: number;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
