/** Something that waits. `due` is set by `Deadlines` only. */
export interface Waiter {
  /** When `onDeadline` is called, on the clock of `Deadlines.now`; 0 for never. */
  due: number;
  /** The slot that holds this waiter, or -1. */
  slot: number;
  onDeadline(): void;
}

/** What tells a `Deadlines` the time, and when a tick of it has passed. */
export interface Clock {
  /** Milliseconds since a moment of its own; never goes back. */
  now(): number;
  /** Calls `turn` every `milliseconds` until the function that is returned is called. */
  every(milliseconds: number, turn: () => void): () => void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, turn) {
    const timer = setInterval(turn, milliseconds);
    // Sockets keep a process alive; a deadline of one that is gone need not.
    timer.unref();
    return () => clearInterval(timer);
  },
};

const tick = 50;
const slots = 512;

/**
 * All timeouts of a proxy with one interval, which runs only while something waits. Setting a deadline is a few field
 * writes: a waiter stays in its slot when its deadline moves on, and is looked at again when the slot's time comes.
 * A deadline is met up to 100 ms late, never early.
 */
export class Deadlines {
  /** Milliseconds, as of the last tick. */
  now = 0;
  readonly #wheel: (Set<Waiter> | undefined)[] = new Array(slots).fill(undefined);
  #position = 0;
  #waiting = 0;
  #stopClock: (() => void) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Sets the deadline `timeout` milliseconds from now; 0 for none. */
  set(waiter: Waiter, timeout: number): void {
    if (timeout === 0) {
      waiter.due = 0;
      return;
    }
    // Since `now` may be a tick old, one more tick makes sure that the deadline is not early.
    if (this.#stopClock === undefined) this.#start();
    const due = this.now + timeout + tick;
    waiter.due = due;
    if (waiter.slot === -1 || this.#distance(waiter.slot) > this.#ticksUntil(due)) this.#place(waiter, due);
  }

  /** The moment that is `timeout` milliseconds from now. */
  after(timeout: number): number {
    return (this.#stopClock === undefined ? this.#clock.now() : this.now + tick) + timeout;
  }

  clear(waiter: Waiter): void {
    waiter.due = 0;
  }

  /** Lets go of a waiter that has come to its end. */
  remove(waiter: Waiter): void {
    waiter.due = 0;
    if (waiter.slot === -1) return;
    this.#wheel[waiter.slot]?.delete(waiter);
    waiter.slot = -1;
    this.#waiting--;
    if (this.#waiting === 0) this.#stop();
  }

  #place(waiter: Waiter, due: number): void {
    if (waiter.slot === -1) this.#waiting++;
    else this.#wheel[waiter.slot]?.delete(waiter);
    const slot = (this.#position + this.#ticksUntil(due)) % slots;
    waiter.slot = slot;
    const set = this.#wheel[slot];
    if (set === undefined) this.#wheel[slot] = new Set([waiter]);
    else set.add(waiter);
  }

  /** Ticks until a time, as far as the wheel reaches: what is due later is placed again when the wheel has turned. */
  #ticksUntil(due: number): number {
    return Math.min(Math.max(Math.ceil((due - this.now) / tick), 1), slots - 1);
  }

  #distance(slot: number): number {
    return (slot - this.#position + slots) % slots;
  }

  #start(): void {
    this.now = this.#clock.now();
    this.#stopClock = this.#clock.every(tick, () => this.#turn());
  }

  #stop(): void {
    this.#stopClock?.();
    this.#stopClock = undefined;
  }

  /** An interval that was held up has several ticks to catch up with. */
  #turn(): void {
    const now = this.#clock.now();
    const ticks = Math.max(1, Math.min(Math.floor((now - this.now) / tick), slots));
    this.now = now;
    for (let i = 0; i < ticks; i++) {
      this.#position = (this.#position + 1) % slots;
      const set = this.#wheel[this.#position];
      if (set !== undefined && set.size > 0) this.#expire(set);
    }
    if (this.#waiting === 0) this.#stop();
  }

  #expire(set: Set<Waiter>): void {
    this.#wheel[this.#position] = undefined;
    for (const waiter of set) {
      // One that an earlier one has removed, or set anew.
      if (waiter.slot !== this.#position) continue;
      waiter.slot = -1;
      this.#waiting--;
      if (waiter.due === 0) continue;
      if (waiter.due > this.now) this.#place(waiter, waiter.due);
      else {
        waiter.due = 0;
        waiter.onDeadline();
      }
    }
  }
}

/** Whether nothing has come of a waiter for a second since it was given `timeout`. */
export function hasRested({ due }: Waiter, timeout: number, { now }: Deadlines): boolean {
  return due === 0 || due - timeout <= now - 1_000;
}
