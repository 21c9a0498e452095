/** What a text that is read up to some place may still match. */
export interface State {
  /** The instructions that go on from there; none: nothing matches any more. */
  readonly kernel: Int32Array;
  /** What stands before the place. */
  readonly before: number;
  /** By class of the next character, what follows, and the steps it takes. */
  readonly next: (State | undefined)[];
  readonly steps: number[];
}

/** Memory of the states of one expression, and of all expressions of a thread, in about so many bytes. */
const maxBytes = 128 * 1024;
const maxBytesOfThread = 16 * 1024 * 1024;
/** What a state takes besides its lists. */
const bytesOfState = 160;
const bytesOfTransition = 16;
/** An instruction of a state is a number in its list and a decimal in its key. */
const bytesOfPlace = 10;
const smallKernel = 32;
/** All states are forgotten when there is no room and this many steps were taken without them. */
const stepsToForget = 1 << 26;

/** The memory of a thread for states. What is forgotten is a number that goes up. */
const pool = { bytes: 0, forgotten: 0, stepsWithout: 0 };

/** The states of one expression that have been met. */
export class StateCache {
  readonly #kinds: number;
  #states = new Map<string, State>();
  #start: State | undefined;
  #bytes = 0;
  #forgotten = pool.forgotten;

  /** @param kinds of characters that are told apart, the end of the text included. */
  constructor(kinds: number) {
    this.#kinds = kinds;
  }

  /** Called before a text is read: a thread forgets its states all at once. */
  refresh(): void {
    if (this.#forgotten === pool.forgotten) return;
    this.#forgotten = pool.forgotten;
    this.#states = new Map();
    this.#start = undefined;
    this.#bytes = 0;
  }

  /** The state before the first character. */
  startState(place: number, before: number): State {
    this.#start ??= this.#keep(String(before), Int32Array.of(place), before);
    return this.#start;
  }

  /** @param kernel is copied. */
  stateOf(kernel: Int32Array, before: number): State {
    const bytes = this.#bytesOf(kernel);
    const isFull = this.#bytes + bytes > maxBytes || pool.bytes + bytes > maxBytesOfThread;
    // To look for a large state takes as long as to make one.
    if (isFull && kernel.length > smallKernel) return { kernel: kernel.slice(), before, next: [], steps: [] };
    const sorted = kernel.slice().sort();
    const key = `${before}:${sorted.join()}`;
    const met = this.#states.get(key);
    if (met !== undefined) return met;
    return isFull ? { kernel: sorted, before, next: [], steps: [] } : this.#keep(key, sorted, before);
  }

  #keep(key: string, kernel: Int32Array, before: number): State {
    const state: State = { kernel, before, next: new Array(this.#kinds), steps: new Array(this.#kinds) };
    const bytes = this.#bytesOf(kernel);
    this.#states.set(key, state);
    this.#bytes += bytes;
    pool.bytes += bytes;
    return state;
  }

  #bytesOf(kernel: Int32Array): number {
    return bytesOfState + kernel.length * bytesOfPlace + this.#kinds * bytesOfTransition;
  }

  /** Keeps where a state leads, if both are kept. */
  learn(state: State, kind: number, next: State, steps: number): void {
    if (state.next.length > 0 && next.next.length > 0) {
      state.next[kind] = next;
      state.steps[kind] = steps;
    } else this.count(steps);
  }

  /** Counts steps that no state has saved. */
  count(steps: number): void {
    if (pool.bytes < maxBytesOfThread / 2) return;
    pool.stepsWithout += steps;
    if (pool.stepsWithout < stepsToForget) return;
    pool.bytes = 0;
    pool.stepsWithout = 0;
    pool.forgotten++;
  }
}
