import { totalmem } from "node:os";

const mega = 1024 * 1024;
const leastHeap = 128;
/** V8's own limit of a heap on most systems, in megabytes. */
const mostHeap = 4_096;

/**
 * Returns the maximum heap size of each thread: an equal part of the memory of the container or machine, with one part
 * left for memory outside of heaps. A thread that needs more ends and is replaced before the system kills the process.
 *
 * @param memory bytes of memory for the process.
 */
export function heapMegabytes(workers: number, memory: number = available()): number {
  return Math.min(mostHeap, Math.max(leastHeap, Math.floor(memory / mega / (workers + 1))));
}

function available(): number {
  const constrained = process.constrainedMemory();
  return Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem());
}
