/** A state of the deterministic automaton: what the text read so far may still match. */
export interface State {
  /** The instructions that continue from here. If empty, no match is possible any more. */
  readonly kernel: Int32Array;
  /** The kind of character before this position (`before`). */
  readonly before: number;
  /** The next state for each class of character, and the steps that the transition takes. Undefined: not yet known. */
  readonly next: (State | undefined)[];
  readonly steps: number[];
}

/** Memory limits in bytes, approximate: for the states of one expression, and for all expressions of a thread. */
const maxBytes = 128 * 1024;
const maxBytesOfThread = 16 * 1024 * 1024;
/** Approximate size of a state in bytes, without its lists. */
const bytesOfState = 160;
const bytesOfTransition = 16;
/** An instruction takes up a number in the state's list and decimal digits in its key. */
const bytesOfPlace = 10;
const smallKernel = 32;
/** If memory is exhausted, all states are dropped after this many steps that no cached state could save. */
const stepsToForget = 1 << 26;

/** The memory accounting of a thread. `forgotten` counts how often all states were dropped. */
const pool = { bytes: 0, forgotten: 0, stepsWithout: 0 };

/** The cached states of one expression. */
export class StateCache {
  readonly #kinds: number;
  #states = new Map<string, State>();
  #start: State | undefined;
  #bytes = 0;
  #forgotten = pool.forgotten;

  /** @param kinds the number of character classes, including the end of the text. */
  constructor(kinds: number) {
    this.#kinds = kinds;
  }

  /** Called before a text is read: drops the states of this expression if the thread has dropped all states since. */
  refresh(): void {
    if (this.#forgotten === pool.forgotten) return;
    this.#forgotten = pool.forgotten;
    this.#states = new Map();
    this.#start = undefined;
    this.#bytes = 0;
  }

  /** Returns the state before the first character. */
  startState(place: number, before: number): State {
    this.#start ??= this.#keep(String(before), Int32Array.of(place), before);
    return this.#start;
  }

  /** @param kernel the instructions of the state. The array is copied. */
  stateOf(kernel: Int32Array, before: number): State {
    const bytes = this.#bytesOf(kernel);
    const isFull = this.#bytes + bytes > maxBytes || pool.bytes + bytes > maxBytesOfThread;
    // Looking up a large state takes as long as creating it.
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

  /** Caches a transition, if both of its states are cached. */
  learn(state: State, kind: number, next: State, steps: number): void {
    if (state.next.length > 0 && next.next.length > 0) {
      state.next[kind] = next;
      state.steps[kind] = steps;
    } else this.count(steps);
  }

  /** Counts steps that no cached state has saved. */
  count(steps: number): void {
    if (pool.bytes < maxBytesOfThread / 2) return;
    pool.stepsWithout += steps;
    if (pool.stepsWithout < stepsToForget) return;
    pool.bytes = 0;
    pool.stepsWithout = 0;
    pool.forgotten++;
  }
}
