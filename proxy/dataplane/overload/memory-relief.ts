import type { Deadlines } from "../limits/deadlines.ts";

/** What holds memory for a client: its connection, or a copy of a request. */
export interface MemoryHolder {
  /** Bytes that are held for it, as far as they are known. */
  readonly heldBytes: number;
  /** Ends it for the sake of others. */
  endForMemory(): void;
}

/** What one request under way holds beside its bytes: its objects, of the proxy and of Node.js. An estimate. */
export const requestBytes: number = 8 * 1024;

/** Who holds less is not ended: it is not what memory is short for. */
const leastBytes = 16 * 1024;

/** Below this part of what is missing, the holders are not what memory is short for, and none is ended. */
const leastPart = 0.1;

/**
 * Which holders to end so that at least `excess` bytes come free: the largest first, and no more than needed. None if all
 * of them together hold next to nothing of it, since what they ask for then would be refused in vain.
 */
export function largestHolders<Holder extends MemoryHolder>(
  holders: Iterable<Holder>,
  excess: number,
): readonly Holder[] {
  const measured: { readonly holder: Holder; readonly bytes: number }[] = [];
  let all = 0;
  for (const holder of holders) {
    const bytes = holder.heldBytes;
    if (bytes < leastBytes) continue;
    measured.push({ holder, bytes });
    all += bytes;
  }
  if (excess <= 0 || all < excess * leastPart) return [];
  measured.sort((a, b) => b.bytes - a.bytes);
  const ended: Holder[] = [];
  let freed = 0;
  for (const { holder, bytes } of measured) {
    if (freed >= excess) break;
    ended.push(holder);
    freed += bytes;
  }
  return ended;
}

/** How long memory that was given up may take to be collected until more is ended, in milliseconds. */
const collection = 1_000;

/** Ends what holds most while memory is short. */
export class MemoryRelief {
  readonly #deadlines: Deadlines;
  readonly #holders: () => Iterable<MemoryHolder>;
  readonly #ended: { memory: number };
  #next = 0;

  /** @param ended counts what was ended. */
  constructor(deadlines: Deadlines, holders: () => Iterable<MemoryHolder>, ended: { memory: number }) {
    this.#deadlines = deadlines;
    this.#holders = holders;
    this.#ended = ended;
  }

  /** @param excess bytes to be freed. */
  relieve(excess: number): void {
    const { now } = this.#deadlines;
    if (now < this.#next) return;
    const largest = largestHolders(this.#holders(), excess);
    if (largest.length > 0) this.#next = now + collection;
    for (const holder of largest) holder.endForMemory();
    this.#ended.memory += largest.length;
  }
}
