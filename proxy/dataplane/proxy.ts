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
   * Number of trusted proxies in front of this one. Their values of `Forwarded`, `X-Forwarded-*` and `x-request-id` are
   * kept and extended. With 0, values from clients are not trusted. Default: 0.
   */
  readonly trustedHops?: number;
  /** Fields that name the client: `X-Forwarded-*`, `Forwarded` (RFC 7239), or both. Default: `"x-forwarded"`. */
  readonly forwarded?: ForwardedForm;
  /** Adds an `x-request-id` to each request. If false, the client's passes unchanged. Default: true. */
  readonly requestId?: boolean;
  /** The name with which this proxy adds itself to `Via` (RFC 9110 section 7.6.3). Default: `Via` is not changed. */
  readonly via?: string;
  /**
   * Handling of request header fields whose names have an underscore, which servers may take for the field with a
   * hyphen: `allow` forwards them, `drop` removes them, `refuse` answers 400. Names that stand for a field which the
   * proxy writes itself, such as `X_Forwarded_For`, are dropped in any case. Default: `"allow"`.
   */
  readonly headerUnderscores?: HeaderUnderscores;
  /** The access log. Default: none. */
  readonly accessLog?: AccessLogOptions;
  /** Tracing. Default: none; `traceparent` and `tracestate` pass unchanged. */
  readonly tracing?: TracingOptions;
  /**
   * Connections that begin with a header of the PROXY protocol, version 1 or 2, as load balancers send it: `required`
   * for all connections, or `{ from }` for those from these addresses and networks, which are then the only ones that
   * may send it. The header gives the client's address. A connection without its required header is cut. Default:
   * `"off"`.
   */
  readonly proxyProtocol?: ProxyProtocol;
  /**
   * The secret of TLS session ticket keys: at least 32 random bytes. Proxies with the same secret, such as the workers
   * of a process, resume each other's sessions. Default: random for each proxy.
   */
  readonly ticketSecret?: Uint8Array;
  /**
   * Protocols to which requests may upgrade their connection (RFC 9110 section 7.8). Offers of other protocols are not
   * forwarded, so that the request is served without an upgrade. Default: `["websocket"]`.
   */
  readonly upgrades?: readonly string[];
  /** Passive ejection of endpoints by the results of requests. Default: `defaultEjection`. */
  readonly ejection?: Partial<EjectionOptions>;
  /** Milliseconds for requests in flight once a proxy drains or a socket is removed. Default: 30 s. */
  readonly drainTimeout?: number;
  /**
   * Identifies this replica, for example by the name of its pod. Splits and mirrors of different replicas begin at
   * different turns, so that their first requests do not all go to the same backend. Default: they begin at the first
   * turn.
   */
  readonly seed?: string;
  /**
   * Lets other threads listen on the same ports; connections are spread over all (SO_REUSEPORT; Linux, Node.js 23.1).
   * Default: false.
   */
  readonly sharePorts?: boolean;
}

/** Default of `ProxyOptions.drainTimeout`, in milliseconds. */
export const defaultDrainTimeout = 30_000;

/**
 * The data plane: an HTTP/1.1 and HTTP/2 proxy. It enforces snapshots, forwards traffic and counts it. Nothing that
 * arrives over a socket makes it throw.
 */
export class HttpDataPlane implements DataPlane {
  readonly stats: Stats = new Stats();
  /** Receives failures of ExtensionRef filters, at most one a second for each. Default: prints to standard error. */
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
  /** Listeners that no longer accept connections and finish those they have. */
  readonly #leaving = new Set<PortListener>();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @throws RangeError for an invalid option; another error if the access log cannot be opened. */
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
   * Swaps a snapshot in. Routes change at once and for all Gateways together; then new sockets are bound, and removed
   * ones drain. Sockets and connections that the snapshot still names are not touched. Calls run one after another.
   *
   * @returns one entry for each of `snapshot.sockets`, in order; an entry has an `error` if its port cannot be bound.
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
    // The address has another protocol now: new connections must not be served in the old one.
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

  /** Closes one idle client connection. */
  #closeIdle(): boolean {
    for (const { listener } of this.#listeners.values()) if (listener.closeIdle()) return true;
    return false;
  }

  #closeAllIdle(): void {
    for (const { listener } of this.#listeners.values()) listener.closeAllIdle();
    this.#pools.closeIdle();
  }

  /** Yields everything that holds memory for a client. */
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

  /** Does nothing, since counters of this thread are always up to date. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Ends gracefully. For `delayMs` everything is served as before, but each response says that it is the last on its
   * connection. Then nothing is accepted any more, and requests in flight are finished, or cut after `drainTimeout`.
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

  /** Ends at once: closes every socket, even with requests in flight. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    for (const { listener } of this.#listeners.values()) listener.destroy();
    for (const listener of this.#leaving) listener.destroy();
    this.#listeners.clear();
    this.#leaving.clear();
    this.#pools.destroy();
    if (this.#observer === undefined) return;
    // Requests that were cut are reported when their sockets have closed.
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

/** Returns the scheme of a port, or why the port is not opened at all. */
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
