import { type FilterCounts, noCounts } from "../../../lib/filters/bound-filter.ts";
import type { BackendKey, NamespacedName } from "../../../lib/routing/ir.ts";
import { DurationStats } from "./durations.ts";

/** Members, wherever they stand, that tell how things stand now. All other numbers only grow. */
export const gauges: ReadonlySet<string> = new Set(["active", "ejected", "running"]);

/** Of these, threads do not each have their own part: the highest of any thread is that of all. */
export const highest: ReadonlySet<string> = new Set(["ejected"]);

/**
 * Counters. Whoever counts holds the object itself, so that counting is an addition and no label is put together;
 * no name in here comes from a request, so their number is bounded by the configuration. Each thread has its own, and
 * `addStats` sums them: numbers, typed arrays of numbers, records and maps of these.
 */
export class Stats {
  /** Of clients. `failed`: the system could not accept them. `shed`: idle, closed for others. */
  readonly connections = { accepted: 0, active: 0, refused: 0, failed: 0, shed: 0 };
  /** Connections and requests that were refused, by what there was not enough of. */
  readonly overload: Record<OverloadReason, number> = {
    connections: 0,
    address: 0,
    requests: 0,
    memory: 0,
    processor: 0,
  };
  /** What was under way and was ended for the sake of others, by the reason. */
  readonly ended: Record<EndReason, number> = { slowReader: 0, memory: 0 };
  /** By the Gateway's `namespace/name`. */
  readonly gateways = new Map<string, GatewayStats>();
  /** TLS handshakes of clients that came to nothing. */
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
  /** Connections that had to begin with a PROXY header, and did not. */
  readonly proxyHeaderErrors: Record<ProxyHeaderError, number> = { invalid: 0, timeout: 0, closed: 0 };
  /**
   * HTTP/2 connections of clients: how many there were, and how many of them ended for what they did, with
   * ENHANCE_YOUR_CALM: too many resets, refused requests, invalid frames, or frames that want an answer.
   */
  readonly http2 = { accepted: 0, calmed: 0 };
  readonly mirrors: MirrorStats = { sent: 0, dropped: 0, failed: 0 };
  readonly tunnels: TunnelStats = { opened: 0, active: 0, received: 0, sent: 0 };
  /** Of the filters for ExtensionRef, by `group/kind`. */
  readonly filters = new Map<string, FilterCounts>();
  /** Lines of the access log: handed to the system, and given up since they are not taken fast enough. */
  readonly accessLog = { written: 0, dropped: 0 };
  /** Spans: taken by their receiver, given up since too many waited, not taken or lost on the way. */
  readonly spans = { exported: 0, dropped: 0, failed: 0 };
  /**
   * Threads that serve, kept by whoever runs them: how many there are, how many ended by an error, how many did not
   * answer for a while, and how many took the place of another.
   */
  readonly workers = { running: 0, crashed: 0, hung: 0, replaced: 0 };
  /** Requests sent a second time because the kept connection that they were sent on had been closed. */
  resent = 0;

  gateway(gateway: NamespacedName): GatewayStats {
    const key = `${gateway.namespace}/${gateway.name}`;
    return entry(this.gateways, key, () => new GatewayStats(gateway));
  }

  /** @param key `group/kind`. */
  filter(key: string): FilterCounts {
    return entry(this.filters, key, noCounts);
  }
}

/** What one Gateway's proxies did. Counters of rules, listeners and backends survive every swap that keeps their names. */
export class GatewayStats {
  readonly gateway: NamespacedName;
  readonly responses = new ResponseStats();
  /** By `Kind/namespace/name/listener`. */
  readonly listeners = new Map<string, ResponseStats>();
  /** By `RuleIR.id`. */
  readonly rules = new Map<string, RuleStats>();
  readonly backends = new Map<BackendKey, BackendStats>();
  /** Answers of the proxy's own, by their reason (`Answer.reason`). */
  readonly answers = new Map<string, number>();
  /** Requests whose head is read and whose end has not come; tunnels count among them. */
  active = 0;
  /** Requests whose client has left before their response was complete. */
  aborted = 0;
  /** Data of bodies in bytes, without framing: of requests, and of responses. */
  readonly bodies = { received: 0, sent: 0 };
  /** From the head of a request to the end of its response, by the route's `Kind/namespace/name`. */
  readonly routes = new Map<string, DurationStats>();
  /** The same of requests that no route matched. */
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

  /** Forgets what the configuration no longer names. */
  retain({ rules, routes, backends, listeners }: StatsNames): void {
    for (const id of this.rules.keys()) if (!rules.has(id)) this.rules.delete(id);
    for (const key of this.routes.keys()) if (!routes.has(key)) this.routes.delete(key);
    for (const key of this.backends.keys()) if (!backends.has(key)) this.backends.delete(key);
    for (const key of this.listeners.keys()) if (!listeners.has(key)) this.listeners.delete(key);
    for (const { picked } of this.rules.values())
      for (const key of picked.keys()) if (!backends.has(key)) picked.delete(key);
  }
}

/** What a configuration names. */
export interface StatsNames {
  readonly rules: ReadonlySet<string>;
  readonly routes: ReadonlySet<string>;
  readonly backends: ReadonlySet<BackendKey>;
  readonly listeners: ReadonlySet<string>;
}

/** Responses by the first digit of their status; those of the proxy itself included. */
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
  /** Requests that the rule has had. */
  requests = 0;
  /** How many times requests were sent again by the rule's `retry`. */
  retries = 0;
  readonly responses = new ResponseStats();
  /** How many of its requests the split gave to each backend, whatever became of them. */
  readonly picked = new Map<BackendKey, { requests: number }>();

  pickedOf(key: BackendKey): { requests: number } {
    return entry(this.picked, key, () => ({ requests: 0 }));
  }
}

export class BackendStats {
  readonly key: BackendKey;
  /** Requests sent to it, mirrored ones apart. */
  requests = 0;
  mirrored = 0;
  /** Requests under way. */
  active = 0;
  /** Endpoints that get no requests for now, since too many have failed there, and how many times that came to pass. */
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
 * Why something is not let in: too many connections, too many of one address, too many requests under way, memory or
 * processor time that is short.
 */
export type OverloadReason = "connections" | "address" | "requests" | "memory" | "processor";

/**
 * Why something under way was ended for the sake of others: the client of a response did not read while requests waited
 * for the connection that it held; a connection or a mirrored request held much memory while memory was short.
 */
export type EndReason = "slowReader" | "memory";

/**
 * How a handshake failed: no listener or no certificate for the server name, not done in time, a version or ciphers of
 * TLS that are not spoken, closed before its end, refused by the client, no valid certificate of the client, no
 * protocol in common (ALPN), against the protocol.
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

/** How a PROXY header failed: it is none, or not in time, or the connection was closed before its end. */
export type ProxyHeaderError = "invalid" | "timeout" | "closed";

/**
 * How a backend failed: no connection, none in time, a certificate that its policy does not accept, too many waiting, closed before or in its response, too slow,
 * against the protocol, without a ready endpoint; or it refused a request without looking at it, as HTTP/2 can.
 */
export type UpstreamError =
  | ("connect" | "connectTimeout" | "certificate" | "overflow" | "reset" | "timeout" | "invalid" | "noEndpoint")
  | "refused";

export interface MirrorStats {
  /** Mirrored requests that were given whole to their backend. */
  sent: number;
  /** Not tried, or given up, since too many were under way, their backend has no endpoint or takes too long. */
  dropped: number;
  /** Lost with their connection, or never connected. */
  failed: number;
}

/** Connections that have switched protocols, such as those of WebSocket. */
export interface TunnelStats {
  opened: number;
  active: number;
  /** Bytes from clients, and to them. */
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
