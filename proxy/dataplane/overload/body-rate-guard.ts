import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/** The resource that a request holds at its backend. */
export interface Held {
  /** Other requests wait for it. */
  readonly contended: boolean;
}

/**
 * Checks that a client sends a body fast enough, on the average of each period in which the proxy waits for the client.
 * A slow body may be a stream of events, and it harms nobody until requests wait for the connection that it holds.
 */
export class BodyRateGuard {
  readonly #limits: Limits;
  readonly #deadlines: Deadlines;
  #since = 0;
  #bytes = 0;

  constructor(limits: Limits, deadlines: Deadlines) {
    this.#limits = limits;
    this.#deadlines = deadlines;
  }

  /** Starts a period: the proxy now waits for the client. */
  begin(): void {
    this.#since = this.#deadlines.now;
    this.#bytes = 0;
  }

  /** Counts received bytes. Returns false if they were too few for too long. */
  keeps(bytes: number, held: Held): boolean {
    const { bodyRate, contendedBodyRate, bodyRatePeriod } = this.#limits;
    this.#bytes += bytes;
    const elapsed = this.#deadlines.now - this.#since;
    if (elapsed < bodyRatePeriod) return true;
    const rate = (this.#bytes * 1_000) / elapsed;
    this.begin();
    return rate >= bodyRate && (rate >= contendedBodyRate || !held.contended);
  }
}
