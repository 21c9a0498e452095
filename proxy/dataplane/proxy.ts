import type { HeaderUnderscores } from "./message/header-underscores.ts";
import { type MemoryHolder, MemoryRelief } from "./overload/memory-relief.ts";

export type { HeaderUnderscores } from "./message/header-underscores.ts";

import type { NamespacedName } from "../../lib/routing/ir.ts";
import { expectsHeader, type ProxyProtocol } from "./connection-preamble/trusted-senders.ts";
import { type DataPlane, filterFailureLine } from "./data-plane.ts";
import { PortListener } from "./downstream/listener.ts";
import { Mirrors } from "./exchange/mirror.ts";
import type { Shared } from "./exchange/shared.ts";
import { FilterWatches } from "./filters/filter-watches.ts";
import type { FilterFailure } from "./filters/registered-filters.ts";
import { ParserPool } from "./http1/message-parser.ts";
import { http2Shared } from "./http2/session-options.ts";
import { completeLimits } from "./limits/complete-limits.ts";
import { Deadlines } from "./limits/deadlines.ts";
import type { Limits } from "./limits/limits.ts";
import { type ForwardedForm, planForwarding } from "./message/forwarded.ts";
import { defaultUpgrades } from "./message/upgrade.ts";
import { type Observer, observerOf } from "./observe/observer.ts";
import type { AccessLogOptions, TracingOptions } from "./observe/options.ts";
import { Admission } from "./overload/admission.ts";
import { Load } from "./overload/load.ts";
import { GatewayRouting } from "./routing/gateway.ts";
import type { FilterExtensions } from "./routing/plan.ts";
import type { BoundSocket, LocalSocket, Snapshot } from "./routing/snapshot.ts";
import { GatewayTurns } from "./routing/split-counters.ts";
import { Stats } from "./stats/stats.ts";
import { KeyPairParser } from "./tls/key-pairs.ts";
import type { TlsMaterial } from "./tls/listener-tls.ts";
import { TicketKeys } from "./tls/ticket-keys.ts";
import { EndpointPools } from "./upstream/endpoint-pools.ts";
import type { EjectionOptions } from "./upstream/health.ts";
import type { EndpointPool } from "./upstream/pool.ts";

export type { ProxyProtocol } from "./connection-preamble/trusted-senders.ts";
export type { Limits } from "./limits/limits.ts";
export type { ForwardedForm } from "./message/forwarded.ts";
export type { AccessLogOptions, Sampling, TracingOptions } from "./observe/options.ts";
export type { BoundSocket, LocalSocket, Snapshot } from "./routing/snapshot.ts";
export type { EjectionOptions } from "./upstream/health.ts";

export interface ProxyOptions {
  /** Limits other than the defaults (`defaultLimits`). */
  readonly limits?: Partial<Limits>;
  /**
   * How many proxies in front of this one are trusted: what they say in `Forwarded`, `X-Forwarded-*` and `x-request-id`
   * is kept and added to. With none, what clients say there is not believed. Default: 0.
   */
  readonly trustedHops?: number;
  /** Which fields tell a backend who the client is: `X-Forwarded-*`, `Forwarded` (RFC 7239), or both. Default: `"x-forwarded"`. */
  readonly forwarded?: ForwardedForm;
  /** Whether each request has an `x-request-id`. If not, what clients send there passes as it is. Default: true. */
  readonly requestId?: boolean;
  /** The name under which this proxy adds itself to `Via` (RFC 9110 section 7.6.3). Default: it does not. */
  readonly via?: string;
  /**
   * What is done about header fields of requests whose names have an underscore, which servers may take for the field
   * with a hyphen: `allow` forwards them, `drop` leaves them out, `refuse` answers 400. Names that stand for a field
   * which the proxy writes itself, such as `X_Forwarded_For`, are dropped in any case. Default: `"allow"`.
   */
  readonly headerUnderscores?: HeaderUnderscores;
  /** Default: no access log. */
  readonly accessLog?: AccessLogOptions;
  /** Default: no tracing; `traceparent` and `tracestate` pass as they came. */
  readonly tracing?: TracingOptions;
  /**
   * Connections that begin with a header of the PROXY protocol, version 1 or 2, as load balancers send it: `required`
   * for all of them, `{ from }` for those that come from these addresses and networks, which are then the only ones that
   * may. The client's address is the one in the header. One that has to send a header and does not is cut.
   * Default: `"off"`.
   */
  readonly proxyProtocol?: ProxyProtocol;
  /**
   * What the keys of TLS session tickets are made from, at least 32 secret and random bytes. Proxies that are given the
   * same, such as the workers of a process, resume each other's sessions. Default: random for each proxy.
   */
  readonly ticketSecret?: Uint8Array;
  /**
   * Protocols that requests may upgrade their connection to (RFC 9110 section 7.8). Offers of others are not forwarded,
   * so that the request is served as it stands. Default: `["websocket"]`.
   */
  readonly upgrades?: readonly string[];
  /** When endpoints are left out for what they did to requests, other than by default (`defaultEjection`). */
  readonly ejection?: Partial<EjectionOptions>;
  /** How long requests in flight may take once a proxy drains or a socket is removed, in milliseconds. Default: 30 s. */
  readonly drainTimeout?: number;
  /**
   * Tells this replica from others, such as the name of its pod: its splits and mirrors begin at another turn than
   * theirs, so that the first request of each does not go to the same backend. Default: they begin at the first turn.
   */
  readonly seed?: string;
  /**
   * Other threads may listen on the same ports, and connections are spread over all (SO_REUSEPORT; Linux, Node.js 23.1).
   * Default: false.
   */
  readonly sharePorts?: boolean;
}

/** Milliseconds. */
export const defaultDrainTimeout = 30_000;

/**
 * The data plane: HTTP/1.1 and HTTP/2 in and out. Snapshots go in, traffic goes through, counters come out. Nothing that arrives
 * over a socket makes it throw.
 */
export class HttpDataPlane implements DataPlane {
  readonly stats: Stats = new Stats();
  /** What filters for ExtensionRef fail with, at most once a second for each. Default: a line on standard error. */
  onFilterFailure: (failure: FilterFailure) => void = (failure) => process.stderr.write(filterFailureLine(failure));
  readonly #shared: Shared;
  readonly #watches = new FilterWatches(this.stats, (failure) => this.onFilterFailure(failure));
  readonly #pools: EndpointPools;
  readonly #observer: Observer | undefined;
  readonly #drainTimeout: number;
  readonly #keyPairs = new KeyPairParser();
  readonly #ticketKeys: TicketKeys;
  readonly #seed: string | undefined;
  readonly #gateways = new Map<string, GatewayRouting>();
  readonly #listeners = new Map<string, OpenListener>();
  /** Listeners that accept no more and finish what they have. */
  readonly #leaving = new Set<PortListener>();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @throws RangeError for an option that cannot be meant; another error if the access log cannot be opened. */
  constructor(options: ProxyOptions = {}) {
    const limits = completeLimits(options);
    const deadlines = new Deadlines();
    this.#drainTimeout = options.drainTimeout ?? defaultDrainTimeout;
    this.#ticketKeys = new TicketKeys(options.ticketSecret);
    this.#seed = options.seed;
    const parsers = new ParserPool("response", limits);
    this.#pools = new EndpointPools({ deadlines, limits, parsers, ejection: options.ejection });
    const { connections } = this.stats;
    const mirrors = new Mirrors(deadlines, limits, this.stats.mirrors);
    const relief = new MemoryRelief(deadlines, () => this.#holders(mirrors), this.stats.ended);
    const load = new Load(
      deadlines,
      limits,
      () => connections.active > 0,
      (excess) => {
        this.#closeAllIdle();
        relief.relieve(excess);
      },
    );
    this.#observer = observerOf(options, limits, this.stats);
    this.#shared = {
      admission: new Admission(limits, this.stats, load, () => this.#closeIdle()),
      deadlines,
      observer: this.#observer,
      limits,
      stats: this.stats,
      parsers: new ParserPool("request", limits),
      http2: http2Shared(limits),
      mirrors,
      expectsHeader: expectsHeader(options.proxyProtocol ?? "off"),
      forwarding: planForwarding(options),
      headerUnderscores: options.headerUnderscores ?? "allow",
      upgrades: (options.upgrades ?? defaultUpgrades).map((protocol) => protocol.toLowerCase()),
      sharePorts: options.sharePorts ?? false,
    };
  }

  /**
   * Swaps a snapshot in. Routes change at once and for all Gateways together; then sockets that are new are bound, and
   * those that are gone drain. Sockets and connections that the snapshot still names are left alone. Calls take their
   * turn.
   *
   * @returns one entry for each of `snapshot.sockets`, in order; a port that cannot be bound is told there.
   */
  apply(snapshot: Snapshot): Promise<readonly BoundSocket[]> {
    const applied = this.#turn.then(() => this.#apply(snapshot));
    this.#turn = applied.catch(() => undefined);
    return applied;
  }

  async #apply(snapshot: Snapshot): Promise<readonly BoundSocket[]> {
    if (this.#closed)
      return snapshot.sockets.map((socket) => ({ ...socket, error: { message: "the proxy is closed" } }));
    this.#route(snapshot);
    const wanted = new Set(snapshot.sockets.map(socketKey));
    for (const [key, { listener }] of this.#listeners) if (!wanted.has(key)) this.#remove(key, listener);
    return Promise.all(snapshot.sockets.map((socket) => this.#bind(socket, snapshot)));
  }

  #route(snapshot: Snapshot): void {
    const { gateways, endpoints, keyPairs = new Map(), trustAnchors = new Map(), filters, turns } = snapshot;
    const ticketKeys = this.#ticketKeys;
    const material: TlsMaterial = { keyPairs: this.#keyPairs.parse(keyPairs), trustAnchors, ticketKeys };
    const extensions: FilterExtensions = {
      kinds: filters?.kinds ?? new Map(),
      watchOf: (key) => this.#watches.of(key),
    };
    const named = new Set<string>();
    const pools = new Set<EndpointPool>();
    for (const ir of gateways) {
      named.add(gatewayKey(ir.gateway));
      const gateway = this.#gateway(ir.gateway);
      gateway.extensions = extensions;
      for (const pool of gateway.update(ir, endpoints, this.#pools, material, turns)) pools.add(pool);
    }
    for (const [key, gateway] of this.#gateways) {
      if (named.has(key)) continue;
      gateway.remove();
      this.#gateways.delete(key);
      this.stats.gateways.delete(key);
    }
    this.#pools.retain(pools);
  }

  #gateway(name: NamespacedName): GatewayRouting {
    const key = gatewayKey(name);
    const known = this.#gateways.get(key);
    if (known !== undefined) return known;
    const gateway = new GatewayRouting(
      this.stats.gateway(name),
      new GatewayTurns(name, this.#seed),
      noExtensions(this.#watches),
    );
    this.#gateways.set(key, gateway);
    return gateway;
  }

  async #bind(socket: LocalSocket, snapshot: Snapshot): Promise<BoundSocket> {
    const key = socketKey(socket);
    const open = this.#listeners.get(key);
    const { refused, scheme } = servable(socket, snapshot);
    if (refused !== undefined) {
      if (open !== undefined) this.#remove(key, open.listener);
      return { ...socket, error: { message: refused } };
    }
    if (open?.listener.scheme === scheme) return { ...socket, localPort: open.localPort };
    // Another protocol on the same address: whoever comes now must not be spoken to in the old one.
    if (open !== undefined) this.#remove(key, open.listener);
    const listener = new PortListener(socket, this.#gateway(socket.gateway).port(socket.port), this.#shared, scheme);
    try {
      const localPort = await listener.listen();
      this.#listeners.set(key, { listener, localPort });
      return { ...socket, localPort };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { ...socket, error: { message, ...(code !== undefined && { code }) } };
    }
  }

  /** Closes one connection of a client that is idle. */
  #closeIdle(): boolean {
    for (const { listener } of this.#listeners.values()) if (listener.closeIdle()) return true;
    return false;
  }

  #closeAllIdle(): void {
    for (const { listener } of this.#listeners.values()) listener.closeAllIdle();
    this.#pools.closeIdle();
  }

  /** Everything that holds memory for a client. */
  *#holders({ copies }: Mirrors): Iterable<MemoryHolder> {
    for (const { listener } of this.#listeners.values()) yield* listener.connections;
    for (const listener of this.#leaving) yield* listener.connections;
    yield* copies;
  }

  #remove(key: string, listener: PortListener): void {
    this.#listeners.delete(key);
    this.#leaving.add(listener);
    const cut = setTimeout(() => listener.destroy(), this.#drainTimeout);
    cut.unref();
    void listener.stop().then(() => {
      clearTimeout(cut);
      this.#leaving.delete(listener);
    });
  }

  /** Counters of this thread are always up to date. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Ends gracefully: for `delayMs` everything is served as before, but each response says that it is the last on its
   * connection; then nothing is accepted any more, and what is in flight is finished, or cut after `drainTimeout`.
   */
  async drain(delayMs: number): Promise<void> {
    await this.#turn;
    for (const { listener } of this.#listeners.values()) listener.announceEnd();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const stopped = [...this.#leaving, ...[...this.#listeners.values()].map(({ listener }) => listener)].map(
      (listener) => listener.stop(),
    );
    let cut: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      cut = setTimeout(resolve, this.#drainTimeout);
    });
    await Promise.race([Promise.all(stopped), late]);
    clearTimeout(cut);
    await this.close();
  }

  /** Ends at once: every socket is closed, whatever it carries. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    for (const { listener } of this.#listeners.values()) listener.destroy();
    for (const listener of this.#leaving) listener.destroy();
    this.#listeners.clear();
    this.#leaving.clear();
    this.#pools.destroy();
    if (this.#observer === undefined) return;
    // What has been cut is told of when its sockets have closed.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#observer.close();
  }
}

function noExtensions(watches: FilterWatches): FilterExtensions {
  return { kinds: new Map(), watchOf: (key) => watches.of(key) };
}

interface OpenListener {
  readonly listener: PortListener;
  readonly localPort: number;
}

function gatewayKey({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`;
}

function socketKey({ gateway, port, host, localPort }: LocalSocket): string {
  return `${gatewayKey(gateway)} ${port} ${host} ${localPort}`;
}

/** How a port is spoken to, or why it is not opened at all. */
function servable({ gateway, port }: LocalSocket, { gateways }: Snapshot): Servable {
  const ir = gateways.find((each) => gatewayKey(each.gateway) === gatewayKey(gateway));
  const protocol = ir?.ports.find((each) => each.port === port)?.protocol;
  if (protocol === undefined)
    return { refused: `the Gateway ${gatewayKey(gateway)} has no port ${port}`, scheme: "http" };
  if (protocol === "HTTP") return { refused: undefined, scheme: "http" };
  if (protocol === "HTTPS") return { refused: undefined, scheme: "https" };
  return { refused: `${protocol} listeners are not served by this proxy`, scheme: "http" };
}

interface Servable {
  readonly refused: string | undefined;
  readonly scheme: "http" | "https";
}
