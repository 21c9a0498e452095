/** Milliseconds from somebody's change to the first repair: several changes often come together. */
const first = 100;

/** Minimum and maximum milliseconds between repairs; the interval doubles with each repair. */
const second = 1_000;
const longest = 60_000;

/** Milliseconds without a repair after which the interval starts again. */
const quiet = 120_000;

/**
 * Decides when to undo changes that others make to the objects of one Gateway: at once at first, and ever more slowly
 * if the changes continue. Two controllers that fight over an object write it once a minute each.
 */
export class RepairPace {
  #repairs = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** @returns milliseconds to wait before the next repair. */
  wait(now: number): number {
    if (now - this.#last > quiet) this.#repairs = 0;
    if (this.#repairs === 0) return first;
    const due = this.#last + Math.min(longest, second * 2 ** (this.#repairs - 1));
    return Math.max(first, due - now);
  }

  repaired(now: number): void {
    this.#repairs = Math.min(this.#repairs + 1, 32);
    this.#last = now;
  }
}
