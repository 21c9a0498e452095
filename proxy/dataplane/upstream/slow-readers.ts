import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/** The part of an endpoint's pool that ends slow readers. */
export interface ContendedPool {
  /** Number of requests that wait for a connection. */
  readonly waitingRequests: number;
  /** Ends responses whose clients do not read, if requests wait for their channels. */
  makeRoom(): void;
  /** Ends up to `most` such responses, even if no request waits here. Returns how many it ended. */
  endSlowReaders(most: number): number;
}

/**
 * Ends responses whose clients do not read while requests wait for the connections that these responses hold: at the
 * endpoint itself or, if the bound for all endpoints is reached, at any. It checks a few times in each period while
 * requests wait, and not at all otherwise.
 */
export class SlowReaders implements Waiter {
  due = 0;
  slot = -1;
  readonly #deadlines: Deadlines;
  readonly #interval: number;
  readonly #budget: { readonly contended: boolean };
  readonly #pools: () => Iterable<ContendedPool>;

  constructor(
    deadlines: Deadlines,
    limits: Limits,
    budget: { readonly contended: boolean },
    pools: () => Iterable<ContendedPool>,
  ) {
    this.#deadlines = deadlines;
    this.#interval = Math.min(1_000, Math.max(1, limits.bodyRatePeriod / 4));
    this.#budget = budget;
    this.#pools = pools;
  }

  /** Starts checking, since a request waits. */
  watch(): void {
    if (this.slot === -1) this.#deadlines.set(this, this.#interval);
  }

  onDeadline(): void {
    let waiting = 0;
    for (const pool of this.#pools()) {
      pool.makeRoom();
      waiting += pool.waitingRequests;
    }
    if (waiting > 0 && this.#budget.contended) this.#makeRoomAnywhere(waiting);
    if (waiting > 0) this.watch();
  }

  #makeRoomAnywhere(waiting: number): void {
    let left = waiting;
    for (const pool of this.#pools()) {
      if (left <= 0) return;
      left -= pool.endSlowReaders(left);
    }
  }

  /** Stops checking, since the proxy ends. */
  end(): void {
    this.#deadlines.remove(this);
  }
}
