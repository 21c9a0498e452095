import type { Deadlines } from "../limits/deadlines.ts";

/** An object that holds memory for a client: its connection, or a copy of a request. */
export interface MemoryHolder {
  /** Bytes held for the client, as far as they are known. */
  readonly heldBytes: number;
  /** Ends the holder to free memory for others. */
  endForMemory(): void;
}

/** Estimated memory of one request under way beside its bytes: objects of the proxy and of Node.js. */
export const requestBytes: number = 8 * 1024;

/** Holders of fewer bytes are not ended: they do not cause the shortage. */
const leastBytes = 16 * 1024;

/** No holder is ended if all of them together hold less than this part of the missing bytes. */
const leastPart = 0.1;

/**
 * Returns the holders to end so that at least `excess` bytes come free: the largest first, and no more than needed. It
 * returns none if all of them together hold next to nothing of it, since ending them would not help.
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

/** Milliseconds allowed for collecting released memory before more holders are ended. */
const collection = 1_000;

/** Ends the largest holders while memory is short. */
export class MemoryRelief {
  readonly #deadlines: Deadlines;
  readonly #holders: () => Iterable<MemoryHolder>;
  readonly #ended: { memory: number };
  #next = 0;

  /** @param ended counts the ended holders. */
  constructor(deadlines: Deadlines, holders: () => Iterable<MemoryHolder>, ended: { memory: number }) {
    this.#deadlines = deadlines;
    this.#holders = holders;
    this.#ended = ended;
  }

  /** @param excess bytes to free. */
  relieve(excess: number): void {
    const { now } = this.#deadlines;
    if (now < this.#next) return;
    const largest = largestHolders(this.#holders(), excess);
    if (largest.length > 0) this.#next = now + collection;
    for (const holder of largest) holder.endForMemory();
    this.#ended.memory += largest.length;
  }
}
