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

/** What the pools of all endpoints share. */
export interface PoolShared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Of responses. */
  readonly parsers: ParserPool;
  readonly budget: ConnectionBudget;
  readonly ejection: EjectionOptions;
  /** Is told when a request begins to wait. */
  readonly slowReaders: { watch(): void };
  /** An endpoint has been ejected, or has come back into use. */
  healthChanged(pool: EndpointPool): void;
}

/**
 * The connections to one endpoint in one protocol, and who waits for them. Kept for as long as any snapshot names the
 * endpoint, so that a change of routes opens and closes none.
 */
export abstract class EndpointPool implements Spender, ContendedPool {
  readonly address: string;
  readonly port: number;
  /** Absent: in clear text. */
  readonly tls: BackendTls | undefined;
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly parsers: ParserPool;
  readonly health: EndpointHealth;
  /** Responses whose clients do not take what is ready for them. */
  readonly paused = new PausedResponses();
  /** Requests under way or waiting: what least-request compares. */
  active = 0;

  protected readonly budget: ConnectionBudget;
  /** The clients' shares of what the endpoint can carry at one time. */
  protected readonly shares: ClientShares;
  protected readonly waiting: WaitingRequests;
  protected connecting = 0;
  protected retired = false;
  readonly #slowReaders: PoolShared["slowReaders"];
  /** Of the requests under way, those that are no part of the endpoint's trial: they may take hours. */
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
   * What carries a request and is ready now, or undefined: then the handler gets one, or is told that there is none.
   *
   * @param fresh only a connection that no request has been sent on.
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

  /** Requests that the endpoint carries now, tunnels apart, and how many it can carry at one time. */
  protected abstract get used(): number;
  protected abstract get capacity(): number;

  /** What the next request may take; `freed` are those that are in use and come free just now. */
  protected room(freed = 0): Room {
    const used = this.used - freed;
    return { free: this.capacity - used, crowded: isCrowded(used, this.capacity) };
  }

  /** Gives what has come free to the request that is to have it next. Returns false if there is none. */
  protected serveNext(room: Room, serves: (fresh: boolean) => boolean, channel: () => UpstreamChannel): boolean {
    const handler = this.waiting.next(room, serves);
    if (handler === undefined) return false;
    const taken = channel();
    if (room.crowded) this.#count(taken, handler);
    handler.onConnection(taken);
    return true;
  }

  /** Beyond the first half, what a client has counts in its share. */
  #count(channel: UpstreamChannel, { client }: UpstreamHandler): void {
    channel.holder = client;
    this.shares.enter(client);
  }

  /** A request does not need its channel any more. */
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

  /** Requests wait for what others hold: there is no room for more connections, or their clients have their share. */
  get #isShort(): boolean {
    return this.isFull || this.waiting.eligible(this.room()) < this.waiting.size;
  }

  /** What is free now. */
  protected abstract take(fresh: boolean): UpstreamChannel | undefined;

  /** A handler that waits for a connection does not any more. A connection being made for it is kept. */
  cancel(handler: UpstreamHandler): void {
    this.waiting.delete(handler);
  }

  /** A connection could not be made: requests that have no other connection to wait for fail. */
  failed(error: UpstreamError, code: string | undefined): void {
    if (code === undefined || !ownFailures.has(code)) this.health.failed();
    else {
      this.health.connected();
      this.budget.closeIdle();
    }
    // A handler may wait again at once, for the next connection: the list is made before the first handler is called.
    for (const handler of this.forsaken()) if (this.waiting.delete(handler)) handler.onNoConnection(error);
  }

  /** The handlers that wait for nothing any more, now that a connection could not be made. */
  protected abstract forsaken(): readonly UpstreamHandler[];

  abstract closeIdle(): boolean;

  onRoom(): void {
    this.connect();
    if (this.wantsConnection && !this.isFull) this.budget.wait(this);
  }

  /** Requests wait for what carries others, here or at another endpoint: there is no room for more connections. */
  get contended(): boolean {
    return this.budget.contended || (this.waiting.size > 0 && this.#isShort);
  }

  /** No snapshot names the endpoint any more: what is under way goes on, and nothing is kept. */
  retire(): void {
    this.retired = true;
    this.health.end();
    this.closeAllIdle();
  }

  abstract closeAllIdle(): void;

  /** Whether an endpoint on trial has none under way. */
  get isOpenToTrial(): boolean {
    this.#before = Math.min(this.#before, this.active);
    return this.active === this.#before;
  }

  abstract get connections(): number;

  /** Cuts everything. */
  destroy(): void {
    this.retired = true;
    this.health.end();
    this.waiting.clear();
    this.cutAll();
  }

  protected abstract cutAll(): void;

  /** More requests wait than connections are in the making. */
  protected abstract get wantsConnection(): boolean;

  protected abstract get isFull(): boolean;

  /** Makes a connection if one is wanted, within the bounds. */
  protected connect(): void {
    if (!this.wantsConnection) return;
    // Whoever waits while connections are idle needs a fresh one: the idle one that was used longest ago makes room.
    if (this.isFull) this.closeIdle();
    else if (this.budget.take(this)) this.#open();
  }

  /** Makes as many connections as are wanted, within the bounds. */
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

  /** Begins to make a connection. */
  protected abstract open(): void;

  /** If there is no room for a connection, some that exist are in use, so that requests tell as well. */
  #probe(): void {
    if (this.isFull || !this.budget.take(this)) this.health.connected();
    else this.#open();
  }
}

/** Why a connection could not be made for want of this process' or machine's own means: the endpoint is not to blame. */
const ownFailures: ReadonlySet<string> = new Set([
  ...["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EACCES", "EPERM"],
]);
