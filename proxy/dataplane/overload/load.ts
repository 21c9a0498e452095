import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/** The share of the memory that the process may use which it does use, 0 to 1. */
export type MemoryShare = () => number;

/** How often load is looked at, in milliseconds. */
const interval = 250;
/** How late a deadline is met anyway. */
const leeway = 100;
/** So many looks in a row must find the event loop late: one pause, such as for a new configuration, is no overload. */
const lateLooks = 3;
/** To what part of its bound memory must fall until all is well again. */
const relief = 0.95;
/** Of ten requests, some are always admitted: only they show that it goes better. */
const mostTenths = 9;

/**
 * Whether the process has memory and processor time for more requests. Looked at a few times a second while there are
 * connections, so that the check for each request is one field.
 */
export class Load implements Waiter {
  due = 0;
  slot = -1;
  shortOfMemory = false;
  /** Of ten requests, how many are not taken, since the processor is late with those that there are. */
  refusedTenths = 0;
  readonly #deadlines: Deadlines;
  readonly #limits: Limits;
  readonly #memory: MemoryShare;
  readonly #excess: (share: number) => number;
  readonly #onShort: (excess: number) => void;
  readonly #isWatched: () => boolean;
  #set = 0;
  #late = 0;

  /**
   * @param isWatched whether there is anything that load can come from.
   * @param onShort called at each look that finds memory short, with the bytes to be freed until all is well again.
   */
  constructor(
    deadlines: Deadlines,
    limits: Limits,
    isWatched: () => boolean,
    onShort: (excess: number) => void,
    memory: MemoryShare = memoryShare(),
    excess: (share: number) => number = memoryExcess,
  ) {
    this.#deadlines = deadlines;
    this.#limits = limits;
    this.#isWatched = isWatched;
    this.#onShort = onShort;
    this.#memory = memory;
    this.#excess = excess;
  }

  /** There is something to watch from now on. */
  watch(): void {
    if (this.slot !== -1) return;
    this.#set = this.#deadlines.after(0);
    this.#deadlines.set(this, interval);
  }

  onDeadline(): void {
    this.#lookAtProcessor();
    this.#lookAtMemory();
    if (this.#isWatched() || this.shortOfMemory || this.refusedTenths > 0) this.watch();
  }

  /** The later this is called, the longer everything else has waited as well. */
  #lookAtProcessor(): void {
    const { loopDelay } = this.#limits;
    if (loopDelay === 0) return;
    const late = this.#deadlines.now - this.#set - interval - leeway;
    this.#late = late < loopDelay ? 0 : this.#late + 1;
    if (this.#late >= lateLooks) this.refusedTenths = Math.min(mostTenths, this.refusedTenths + 1);
    else if (late < loopDelay / 2) this.refusedTenths = Math.max(0, this.refusedTenths - 1);
  }

  #lookAtMemory(): void {
    const { memoryPercent } = this.#limits;
    if (memoryPercent === 0) return;
    const bound = memoryPercent / 100;
    this.shortOfMemory = this.#memory() >= (this.shortOfMemory ? bound * relief : bound);
    if (this.shortOfMemory) this.#onShort(this.#excess(bound * relief));
  }
}

/**
 * Of V8's heap and of all memory, whichever is shorter. All memory is what the container may have (cgroups), or what
 * the machine has.
 */
export function memoryShare(): MemoryShare {
  const most = mostMemory();
  return () => {
    const heap = getHeapStatistics();
    return Math.max(heap.used_heap_size / heap.heap_size_limit, residentSet() / most);
  };
}

/** Bytes beyond a share of V8's heap, or of all memory, whichever are more. */
export function memoryExcess(share: number): number {
  const heap = getHeapStatistics();
  return Math.max(heap.used_heap_size - share * heap.heap_size_limit, residentSet() - share * mostMemory());
}

function mostMemory(): number {
  const constrained = process.constrainedMemory();
  return Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem());
}

/** Bytes of memory in use; 0 if they cannot be told now, since that takes a file descriptor where there may be none. */
function residentSet(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}
