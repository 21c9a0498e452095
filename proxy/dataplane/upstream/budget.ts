/** Who holds connections that count in a budget: the pool of one endpoint. */
export interface Spender {
  /** Connections that it has. */
  readonly connections: number;
  /** Closes the idle connection that was used longest ago; false if none is idle. */
  closeIdle(): boolean;
  /** There may be room for a connection that it has been refused. */
  onRoom(): void;
}

/** Spenders that are looked at for an idle connection at one time. */
const looks = 256;

/**
 * The bound for connections to all endpoints together. Where it is reached, an idle connection to another endpoint makes
 * room; where none is idle, endpoints wait in turn for the next that is closed, and those that have more than an equal
 * share of all connections give one up when it comes free.
 */
export class ConnectionBudget {
  /** Connections that there are. */
  used = 0;
  readonly #limit: number;
  /** Who has connections or waits for one. */
  readonly #spenders = new Set<Spender>();
  /** Who waits for one, in turn. */
  readonly #refused = new Set<Spender>();
  #hand: Iterator<Spender> | undefined;
  #serving = false;

  /** @param limit 0 for none. */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  }

  /** Takes room for one connection. If there is none, `onRoom` tells when there may be. */
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

  /** Some wait for a connection until another is closed. */
  get contended(): boolean {
    return this.#refused.size > 0;
  }

  /** A connection is gone. */
  give(spender: Spender): void {
    this.used--;
    this.#forget(spender);
    if (this.#refused.size > 0) this.#serve();
  }

  /** `onRoom` is called when there may be room, after all who wait already. */
  wait(spender: Spender): void {
    this.#refused.add(spender);
    this.#spenders.add(spender);
  }

  /**
   * Whether a connection that has come free is to be closed for others.
   *
   * @param wanted whether requests of its own wait for it.
   */
  isClaimed(spender: Spender, wanted: boolean): boolean {
    if (this.#refused.size === 0) return false;
    if (!wanted) return true;
    return spender.connections > Math.max(1, Math.floor(this.#limit / this.#spenders.size));
  }

  /** Closes one idle connection, of each endpoint in turn. */
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
