import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/** What a request holds at its backend. */
export interface Held {
  /** Others wait for it. */
  readonly contended: boolean;
}

/**
 * Whether a client sends a body as fast as it must, on the average of each period in which it is waited for. A slow body
 * may be a stream of events, and is in nobody's way until requests wait for the connection that it holds.
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

  /** The client is waited for from now on. */
  begin(): void {
    this.#since = this.#deadlines.now;
    this.#bytes = 0;
  }

  /** More has come; false if it was too little for too long. */
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
