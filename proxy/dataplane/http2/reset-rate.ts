/** Limits events that a client may cause occasionally: a bucket of `burst` that empties at `rate` per second. */
export class ResetRate {
  readonly #burst: number;
  readonly #rate: number;
  #level = 0;
  #since = 0;

  constructor(burst: number, rate: number) {
    this.#burst = burst;
    this.#rate = rate;
  }

  /**
   * Counts one event.
   *
   * @param now milliseconds of a monotonic clock.
   * @returns whether the limit is exceeded.
   */
  isExceeded(now: number): boolean {
    this.#level = Math.max(0, this.#level - ((now - this.#since) / 1000) * this.#rate) + 1;
    this.#since = now;
    return this.#level > this.#burst;
  }
}
