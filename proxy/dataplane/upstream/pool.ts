import type { ParserPool } from "../http1/message-parser.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { ClientShares, isCrowded } from "../overload/client-shares.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { BackendTls } from "./backend-tls.ts";
import type { ConnectionBudget, Spender } from "./budget.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import { type EjectionOptions, EndpointHealth } from "./health.ts";
import { PausedResponses } from "./paused-responses.ts";
import type { ContendedPool } from "./slow-readers.ts";
import { type Room, WaitingRequests } from "./waiting.ts";

/** State that the pools of all endpoints share. */
export interface PoolShared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Parsers of responses. */
  readonly parsers: ParserPool;
  readonly budget: ConnectionBudget;
  readonly ejection: EjectionOptions;
  /** Watches slow readers once a request waits. */
  readonly slowReaders: { watch(): void };
  /** Handles that an endpoint was ejected or came back into use. */
  healthChanged(pool: EndpointPool): void;
}

/**
 * The connections to one endpoint in one protocol, and the requests that wait for them. The pool stays for as long as
 * any snapshot names the endpoint, so that a change of routes opens and closes no connection.
 */
export abstract class EndpointPool implements Spender, ContendedPool {
  readonly address: string;
  readonly port: number;
  /** TLS of the connections. Absent: clear text. */
  readonly tls: BackendTls | undefined;
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly parsers: ParserPool;
  readonly health: EndpointHealth;
  /** Responses whose clients do not read them. */
  readonly paused = new PausedResponses();
  /** Requests under way or waiting, which least-request balancing compares. */
  active = 0;

  protected readonly budget: ConnectionBudget;
  /** The clients' shares of the endpoint's capacity. */
  protected readonly shares: ClientShares;
  protected readonly waiting: WaitingRequests;
  protected connecting = 0;
  protected retired = false;
  readonly #slowReaders: PoolShared["slowReaders"];
  /** Requests under way from before the endpoint's trial, which may take hours. */
  #before = 0;

  constructor(address: string, port: number, shared: PoolShared, tls?: BackendTls) {
    this.address = address;
    this.port = port;
    this.tls = tls;
    this.deadlines = shared.deadlines;
    this.limits = shared.limits;
    this.parsers = shared.parsers;
    this.budget = shared.budget;
    this.#slowReaders = shared.slowReaders;
    this.shares = new ClientShares(shared.limits);
    this.waiting = new WaitingRequests(this.shares);
    this.health = new EndpointHealth(shared.ejection, shared.deadlines, {
      probe: () => this.#probe(),
      healthChanged: () => {
        this.#before = this.active;
        shared.healthChanged(this);
      },
    });
  }

  /**
   * Returns a channel that is ready now. Otherwise returns undefined, and the handler gets one later, or
   * `onNoConnection`.
   *
   * @param fresh requires a connection that has carried no request.
   */
  acquire(handler: UpstreamHandler, fresh: boolean): UpstreamChannel | undefined {
    const crowded = isCrowded(this.used, this.capacity);
    if (!crowded || this.shares.admits(handler.client, this.capacity - this.used)) {
      const ready = this.take(fresh);
      if (ready !== undefined) {
        if (crowded) this.#count(ready, handler);
        return ready;
      }
    }
    this.#wait(handler, fresh);
    return undefined;
  }

  #wait(handler: UpstreamHandler, fresh: boolean): void {
    const { endpointQueue, addressShare } = this.limits;
    const { size } = this.waiting;
    const isFull = size >= endpointQueue;
    const isRefused =
      isFull || (isCrowded(size, endpointQueue) && !this.waiting.admits(handler.client, endpointQueue, addressShare));
    if (isRefused) {
      queueMicrotask(() => handler.onNoConnection("overflow"));
      return;
    }
    this.waiting.add(handler, fresh);
    this.connect();
    this.makeRoom();
    this.#slowReaders.watch();
  }

  /** Number of requests that the endpoint carries now, without tunnels; `capacity` is their most. */
  protected abstract get used(): number;
  protected abstract get capacity(): number;

  /** Returns the room for the next request; `freed` channels are in use and come free just now. */
  protected room(freed = 0): Room {
    const used = this.used - freed;
    return { free: this.capacity - used, crowded: isCrowded(used, this.capacity) };
  }

  /** Gives freed room to the next request. Returns false if there is none. */
  protected serveNext(room: Room, serves: (fresh: boolean) => boolean, channel: () => UpstreamChannel): boolean {
    const handler = this.waiting.next(room, serves);
    if (handler === undefined) return false;
    const taken = channel();
    if (room.crowded) this.#count(taken, handler);
    handler.onConnection(taken);
    return true;
  }

  /** Counts a channel in its client's share, once half of the capacity is in use. */
  #count(channel: UpstreamChannel, { client }: UpstreamHandler): void {
    channel.holder = client;
    this.shares.enter(client);
  }

  /** Stops counting a channel that its request no longer needs. */
  protected discount(channel: UpstreamChannel): void {
    if (channel.holder === undefined) return;
    this.shares.leave(channel.holder);
    channel.holder = undefined;
  }

  get waitingRequests(): number {
    return this.waiting.size;
  }

  makeRoom(): void {
    if (this.waiting.size > 0 && this.#isShort) this.endSlowReaders(this.waiting.size);
  }

  endSlowReaders(most: number): number {
    const { contendedBodyRate, bodyRatePeriod } = this.limits;
    return contendedBodyRate === 0 ? 0 : this.paused.end(most, this.deadlines.now, bodyRatePeriod);
  }

  /** Returns whether requests wait for others: there is no room for connections, or their clients have their share. */
  get #isShort(): boolean {
    return this.isFull || this.waiting.eligible(this.room()) < this.waiting.size;
  }

  /** Takes a free channel, if there is one now. */
  protected abstract take(fresh: boolean): UpstreamChannel | undefined;

  /** Removes a waiting handler. A connection being opened for it is kept. */
  cancel(handler: UpstreamHandler): void {
    this.waiting.delete(handler);
  }

  /** Handles a failed connection attempt: requests that have no other connection to wait for fail. */
  failed(error: UpstreamError, code: string | undefined): void {
    if (code === undefined || !ownFailures.has(code)) this.health.failed();
    else {
      this.health.connected();
      this.budget.closeIdle();
    }
    // A handler may wait again at once, for the next connection: the list is made before the first call.
    for (const handler of this.forsaken()) if (this.waiting.delete(handler)) handler.onNoConnection(error);
  }

  /** Returns the waiting handlers that no opening connection will serve, after a failed attempt. */
  protected abstract forsaken(): readonly UpstreamHandler[];

  abstract closeIdle(): boolean;

  onRoom(): void {
    this.connect();
    if (this.wantsConnection && !this.isFull) this.budget.wait(this);
  }

  /** True while requests wait for channels of others, here or at another endpoint, without room for connections. */
  get contended(): boolean {
    return this.budget.contended || (this.waiting.size > 0 && this.#isShort);
  }

  /** Handles that no snapshot names the endpoint any more: requests under way go on, and no connection is kept. */
  retire(): void {
    this.retired = true;
    this.health.end();
    this.closeAllIdle();
  }

  abstract closeAllIdle(): void;

  /** Returns whether no trial request is under way. */
  get isOpenToTrial(): boolean {
    this.#before = Math.min(this.#before, this.active);
    return this.active === this.#before;
  }

  abstract get connections(): number;

  /** Cuts all connections and drops waiting requests. */
  destroy(): void {
    this.retired = true;
    this.health.end();
    this.waiting.clear();
    this.cutAll();
  }

  protected abstract cutAll(): void;

  /** True while more requests wait than connections are being opened. */
  protected abstract get wantsConnection(): boolean;

  protected abstract get isFull(): boolean;

  /** Opens a connection if one is wanted, within the bounds. */
  protected connect(): void {
    if (!this.wantsConnection) return;
    // A request that waits while connections are idle needs a fresh one: the least recently used one makes room.
    if (this.isFull) this.closeIdle();
    else if (this.budget.take(this)) this.#open();
  }

  /** Opens as many connections as are wanted, within the bounds. */
  protected connectAll(): void {
    for (let before = -1; before !== this.connecting && this.wantsConnection; ) {
      before = this.connecting;
      this.connect();
    }
  }

  #open(): void {
    this.connecting++;
    this.open();
  }

  /** Begins to open a connection. */
  protected abstract open(): void;

  /** Opens a connection to test the endpoint. Without room for one, requests on existing connections test it. */
  #probe(): void {
    if (this.isFull || !this.budget.take(this)) this.health.connected();
    else this.#open();
  }
}

/** Codes of failures for lack of local resources or permissions, for which the endpoint is not to blame. */
const ownFailures: ReadonlySet<string> = new Set([
  ...["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EACCES", "EPERM"],
]);
