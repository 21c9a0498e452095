import type { Clock } from "../../../../proxy/dataplane/limits/deadlines.ts";

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now = 1_000;
  readonly #turns = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  every(milliseconds: number, turn: () => void): () => void {
    this.#turns.set(turn, milliseconds);
    return () => this.#turns.delete(turn);
  }

  /** Lets time pass in one step, as for a process that is suspended. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
    for (const turn of [...this.#turns.keys()]) turn();
  }

  /** Lets time pass turn by turn. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.#now < end) {
      const step = Math.min(end - this.#now, ...this.#turns.values());
      this.#now += step;
      for (const turn of [...this.#turns.keys()]) turn();
    }
  }
}
