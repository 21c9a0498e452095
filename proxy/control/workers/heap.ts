import { totalmem } from "node:os";

const mega = 1024 * 1024;
const leastHeap = 128;
/** V8's own bound for a heap on most systems. */
const mostHeap = 4_096;

/**
 * How large the heap of each thread may grow: an equal part of the container's memory, or of the machine's, with one part
 * left to what is no heap. A thread that needs more ends and is replaced, before the system ends the process.
 *
 * @param memory bytes that there are for the process.
 */
export function heapMegabytes(workers: number, memory: number = available()): number {
  return Math.min(mostHeap, Math.max(leastHeap, Math.floor(memory / mega / (workers + 1))));
}

function available(): number {
  const constrained = process.constrainedMemory();
  return Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem());
}
