import type { Limits } from "../limits.ts";

/** Whether a client sends a body as fast as it must, on the average of each period in which it is waited for. */
export class Pace {
  #since = 0;
  #bytes = 0;

  /** The client is waited for from now on. */
  begin(now: number): void {
    this.#since = now;
    this.#bytes = 0;
  }

  /** More has come; false if it was too little for too long. */
  keeps(bytes: number, now: number, { bodyRate, bodyRatePeriod }: Limits): boolean {
    this.#bytes += bytes;
    const elapsed = now - this.#since;
    if (elapsed < bodyRatePeriod) return true;
    const keeps = this.#bytes * 1_000 >= bodyRate * elapsed;
    this.begin(now);
    return keeps;
  }
}
