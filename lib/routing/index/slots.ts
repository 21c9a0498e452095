/** What is filed in slots: a value under a text. */
export interface Filed<T> {
  readonly text: string;
  readonly value: T;
  /** The next shorter text that covers the same keys. */
  readonly parent: Filed<T> | undefined;
}

/**
 * A hash table for pieces of a text that is walked over. The walk grows the hash character by character and looks a
 * piece up where it ends, so that no substring is made: a Map would need one for each piece.
 */
export class Slots<T> {
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #filed: (Filed<T> | undefined)[];

  /** @param entries how many will be filed; at most half of the slots are filled, so that every search ends. */
  constructor(entries: number) {
    const size = 2 ** Math.ceil(Math.log2(entries * 2 + 1));
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#filed = new Array<Filed<T> | undefined>(size).fill(undefined);
  }

  file(entry: Filed<T>, hash: number): void {
    let slot = slotOf(hash, this.#mask);
    while (this.#filed[slot] !== undefined) slot = (slot + 1) & this.#mask;
    this.#filed[slot] = entry;
    this.#hashes[slot] = hash;
  }

  /** What is filed under the piece of `text` from `start` to `end`, which has this hash. */
  find(text: string, start: number, end: number, hash: number): Filed<T> | undefined {
    let slot = slotOf(hash, this.#mask);
    for (;;) {
      const entry = this.#filed[slot];
      if (entry === undefined) return undefined;
      const candidate = this.#hashes[slot] === hash && entry.text.length === end - start;
      if (candidate && text.startsWith(entry.text, start)) return entry;
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** One more character into a hash. */
export function growHash(hash: number, character: number): number {
  return (Math.imul(hash, 31) + character) | 0;
}

/** Brings the high bits of a hash into the low ones, which choose the slot. */
function slotOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) & mask;
}
