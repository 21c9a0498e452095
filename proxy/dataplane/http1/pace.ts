import type { Deadlines } from "../deadlines.ts";
import type { Limits } from "../limits.ts";

/** Whether a client sends a body as fast as it must, on the average of each period in which it is waited for. */
export class Pace {
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
  keeps(bytes: number): boolean {
    const { bodyRate, bodyRatePeriod } = this.#limits;
    if (bodyRate === 0) return true;
    this.#bytes += bytes;
    const elapsed = this.#deadlines.now - this.#since;
    if (elapsed < bodyRatePeriod) return true;
    const keeps = this.#bytes * 1_000 >= bodyRate * elapsed;
    this.begin();
    return keeps;
  }
}
