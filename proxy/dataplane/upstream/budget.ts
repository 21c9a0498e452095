/** A holder of connections that count in a budget: the pool of one endpoint. */
export interface Spender {
  /** Number of connections that it holds. */
  readonly connections: number;
  /** Closes the idle connection that was used longest ago; returns false if none is idle. */
  closeIdle(): boolean;
  /** Handles that there may be room now for a connection that was refused. */
  onRoom(): void;
}

/** Most spenders to search for an idle connection at one time. */
const looks = 256;

/**
 * The bound for connections to all endpoints together. When it is reached, an idle connection to another endpoint makes
 * room. If none is idle, endpoints wait in turn for the next closed connection, and endpoints with more than an equal
 * share of all connections close one when it comes free.
 */
export class ConnectionBudget {
  /** Number of open connections. */
  used = 0;
  readonly #limit: number;
  /** Spenders that have connections or wait for one. */
  readonly #spenders = new Set<Spender>();
  /** Spenders that wait for a connection, in turn. */
  readonly #refused = new Set<Spender>();
  #hand: Iterator<Spender> | undefined;
  #serving = false;

  /** @param limit most connections; 0 for no limit. */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  }

  /** Takes room for one connection. Returns false if there is none; `onRoom` is called when there may be. */
  take(spender: Spender): boolean {
    if (this.used < this.#limit) {
      this.used++;
      this.#spenders.add(spender);
      return true;
    }
    this.wait(spender);
    this.closeIdle();
    return false;
  }

  /** True while spenders wait for another's connection to close. */
  get contended(): boolean {
    return this.#refused.size > 0;
  }

  /** Returns the room of a closed connection. */
  give(spender: Spender): void {
    this.used--;
    this.#forget(spender);
    if (this.#refused.size > 0) this.#serve();
  }

  /** Queues a spender: its `onRoom` is called when there may be room, after those that wait already. */
  wait(spender: Spender): void {
    this.#refused.add(spender);
    this.#spenders.add(spender);
  }

  /**
   * Returns whether a connection that has come free must be closed for others.
   *
   * @param wanted whether requests of its own wait for the connection.
   */
  isClaimed(spender: Spender, wanted: boolean): boolean {
    if (this.#refused.size === 0) return false;
    if (!wanted) return true;
    return spender.connections > Math.max(1, Math.floor(this.#limit / this.#spenders.size));
  }

  /** Closes one idle connection; endpoints take turns. */
  closeIdle(): boolean {
    for (let i = Math.min(looks, this.#spenders.size); i > 0; i--) if (this.#next()?.closeIdle()) return true;
    return false;
  }

  #next(): Spender | undefined {
    const next = this.#hand?.next();
    if (next !== undefined && !next.done) return next.value;
    this.#hand = this.#spenders.values();
    return this.#hand.next().value;
  }

  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    for (const spender of this.#refused) {
      if (this.used >= this.#limit) break;
      this.#refused.delete(spender);
      spender.onRoom();
      this.#forget(spender);
    }
    this.#serving = false;
  }

  #forget(spender: Spender): void {
    if (spender.connections === 0 && !this.#refused.has(spender)) this.#spenders.delete(spender);
  }
}
