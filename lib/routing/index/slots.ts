/** A text and the value filed under it. */
export interface Filed<T> {
  readonly text: string;
  readonly value: T;
}

/**
 * A hash table for substrings of a text. The caller extends the hash character by character while it walks over the
 * text, and looks up a substring at its end. No substring is allocated, which a Map would require.
 *
 * The table uses open addressing with linear probing and is at most half full.
 */
export class Slots<T> {
  #count = 0;
  #mask = 0;
  #hashes = new Int32Array(1);
  #filed: (Filed<T> | undefined)[] = [undefined];

  /** Returns an independent copy. */
  copy(): Slots<T> {
    const copy = new Slots<T>();
    copy.#count = this.#count;
    copy.#mask = this.#mask;
    copy.#hashes = this.#hashes.slice();
    copy.#filed = this.#filed.slice();
    return copy;
  }

  /** Returns the entry of the substring of `text` from `start` to `end`, whose hash is `hash`. */
  find(text: string, start: number, end: number, hash: number): Filed<T> | undefined {
    return this.#filed[this.#slotOf(text, start, end, hash)];
  }

  set(text: string, hash: number, value: T): void {
    let slot = this.#slotOf(text, 0, text.length, hash);
    if (this.#filed[slot] === undefined) {
      this.#count++;
      if (this.#count * 2 > this.#filed.length) this.#grow();
      slot = this.#slotOf(text, 0, text.length, hash);
    }
    this.#filed[slot] = { text, value };
    this.#hashes[slot] = hash;
  }

  delete(text: string, hash: number): void {
    let hole = this.#slotOf(text, 0, text.length, hash);
    if (this.#filed[hole] === undefined) return;
    this.#count--;
    // Move later entries up, unless an entry is already at its home slot or would end up before it.
    for (let next = (hole + 1) & this.#mask; this.#filed[next] !== undefined; next = (next + 1) & this.#mask) {
      const home = firstSlot(this.#hashes[next] as number, this.#mask);
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue;
      this.#filed[hole] = this.#filed[next];
      this.#hashes[hole] = this.#hashes[next] as number;
      hole = next;
    }
    this.#filed[hole] = undefined;
  }

  *entries(): Generator<Filed<T>> {
    for (const entry of this.#filed) if (entry !== undefined) yield entry;
  }

  /** Returns the slot of the substring, or the free slot where it would be inserted. */
  #slotOf(text: string, start: number, end: number, hash: number): number {
    let slot = firstSlot(hash, this.#mask);
    for (;;) {
      const entry = this.#filed[slot];
      if (entry === undefined) return slot;
      const candidate = this.#hashes[slot] === hash && entry.text.length === end - start;
      if (candidate && text.startsWith(entry.text, start)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #grow(): void {
    const [hashes, filed] = [this.#hashes, this.#filed];
    this.#mask = filed.length * 4 - 1;
    this.#hashes = new Int32Array(this.#mask + 1);
    this.#filed = new Array<Filed<T> | undefined>(this.#mask + 1).fill(undefined);
    for (const [old, entry] of filed.entries()) {
      if (entry === undefined) continue;
      const hash = hashes[old] as number;
      const slot = this.#slotOf(entry.text, 0, entry.text.length, hash);
      this.#filed[slot] = entry;
      this.#hashes[slot] = hash;
    }
  }
}

/** Extends a hash by one character. */
export function growHash(hash: number, character: number): number {
  return (Math.imul(hash, 31) + character) | 0;
}

/** Mixes the high bits of a hash into the low bits, which select the slot. */
function firstSlot(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) & mask;
}
