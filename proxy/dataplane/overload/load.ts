import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/** Returns the used share of the memory that the process may use, 0 to 1. */
export type MemoryShare = () => number;

/** Milliseconds between two checks of the load. */
const interval = 250;
/** Milliseconds by which deadlines are late even without load. */
const leeway = 100;
/** Consecutive late checks that count as overload: one pause, such as for a new configuration, does not. */
const lateLooks = 3;
/** Memory must fall to this part of its bound before the shortage ends. */
const relief = 0.95;
/** Most requests of ten to refuse. The others are always admitted, to show whether the load has fallen. */
const mostTenths = 9;

/**
 * Checks whether the process has memory and processor time for more requests. It does so a few times a second while
 * there are connections, so that the check for each request reads one field.
 */
export class Load implements Waiter {
  due = 0;
  slot = -1;
  shortOfMemory = false;
  /** Requests of ten that are refused, since the processor is behind with the present ones. */
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
   * @param isWatched returns whether there is any source of load.
   * @param onShort called at each check that finds memory short, with the bytes to free until the shortage ends.
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

  /** Starts checking: there is a source of load now. */
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

  /** Judges by the delay of this call: everything else has waited as long. */
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
 * Measures V8's heap and all memory, and takes the larger share. All memory is the container's limit (cgroups), or the
 * memory of the machine.
 */
export function memoryShare(): MemoryShare {
  const most = mostMemory();
  return () => {
    const heap = getHeapStatistics();
    return Math.max(heap.used_heap_size / heap.heap_size_limit, residentSet() / most);
  };
}

/** Returns the bytes beyond a share of V8's heap or of all memory, whichever are more. */
export function memoryExcess(share: number): number {
  const heap = getHeapStatistics();
  return Math.max(heap.used_heap_size - share * heap.heap_size_limit, residentSet() - share * mostMemory());
}

function mostMemory(): number {
  const constrained = process.constrainedMemory();
  return Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem());
}

/** Returns the bytes of memory in use; 0 if reading them fails, which takes a file descriptor. */
function residentSet(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}
