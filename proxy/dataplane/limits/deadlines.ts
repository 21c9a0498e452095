/** An object with a deadline. Only `Deadlines` sets `due`. */
export interface Waiter {
  /** Time at which `onDeadline` is called, on the clock of `Deadlines.now`; 0 for never. */
  due: number;
  /** The slot that contains this waiter, or -1. */
  slot: number;
  onDeadline(): void;
}

/** The clock of a `Deadlines`. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; monotonic. */
  now(): number;
  /** Calls `turn` every `milliseconds` until the returned function is called. */
  every(milliseconds: number, turn: () => void): () => void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, turn) {
    const timer = setInterval(turn, milliseconds);
    // Sockets keep a process alive; the deadline of a closed one need not.
    timer.unref();
    return () => clearInterval(timer);
  },
};

const tick = 50;
const slots = 512;

/**
 * All timeouts of a proxy, with a single interval that runs only while there are waiters. Setting a deadline writes a
 * few fields: a waiter stays in its slot when its deadline is extended, and is checked again when the slot's time
 * comes. A deadline is met up to 100 ms late, never early.
 */
export class Deadlines {
  /** The time in milliseconds, as of the last tick. */
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
    // `now` may be one tick old, so one more tick ensures that the deadline is not early.
    if (this.#stopClock === undefined) this.#start();
    const due = this.now + timeout + tick;
    waiter.due = due;
    if (waiter.slot === -1 || this.#distance(waiter.slot) > this.#ticksUntil(due)) this.#place(waiter, due);
  }

  /** Returns the time `timeout` milliseconds from now. */
  after(timeout: number): number {
    return (this.#stopClock === undefined ? this.#clock.now() : this.now + tick) + timeout;
  }

  clear(waiter: Waiter): void {
    waiter.due = 0;
  }

  /** Removes a waiter that has ended. */
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

  /** Returns the ticks until a time, limited by the wheel: a later deadline is placed again after a revolution. */
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

  /** Advances the wheel. A delayed interval has several ticks to catch up with. */
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
      // An earlier waiter may have removed this one or set it again.
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

/** Returns whether the waiter's deadline was last set at least a second ago. */
export function hasRested({ due }: Waiter, timeout: number, { now }: Deadlines): boolean {
  return due === 0 || due - timeout <= now - 1_000;
}
