/** Counts what a client may do now and then, but not all the time: a bucket of `burst` that empties at `rate` a second. */
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
   * Counts one.
   *
   * @param now in milliseconds, on a clock that never goes back.
   * @returns whether that is one too many.
   */
  isExceeded(now: number): boolean {
    this.#level = Math.max(0, this.#level - ((now - this.#since) / 1000) * this.#rate) + 1;
    this.#since = now;
    return this.#level > this.#burst;
  }
}
