import { growHash, slotOf, slotsFor } from "./hashing.ts";

/**
 * From a path to the longest prefix that covers it, element by element: `/foo` covers `/foo`, `/foo/` and `/foo/bar`,
 * not `/foobar` (`PathMatchPathPrefix`).
 *
 * One walk over the path, with a hash that grows character by character and is looked up at each slash, so that a
 * lookup makes no substrings and costs the same however many prefixes there are.
 */
export class PrefixTable<T> {
  readonly entries: readonly Prefix<T>[];
  readonly #root: Prefix<T> | undefined;
  readonly #longest: number;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #slots: readonly (Prefix<T> | undefined)[];

  /** @param entries by prefix, without its trailing slash; the prefix of every path is the empty one. */
  constructor(entries: Iterable<readonly [prefix: string, value: T]>) {
    const prefixes = Array.from(entries, ([prefix, value]): GrowingPrefix<T> => ({ prefix, value, parent: undefined }));
    const size = slotsFor(prefixes.length);
    const slots = new Array<Prefix<T> | undefined>(size).fill(undefined);
    let root: Prefix<T> | undefined;
    let longest = 0;
    this.entries = prefixes;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#slots = slots;
    for (const entry of prefixes) {
      if (entry.prefix === "") {
        root = entry;
        continue;
      }
      longest = Math.max(longest, entry.prefix.length);
      const hash = hashFromStart(entry.prefix);
      let slot = slotOf(hash, this.#mask);
      while (slots[slot] !== undefined) slot = (slot + 1) & this.#mask;
      slots[slot] = entry;
      this.#hashes[slot] = hash;
    }
    this.#root = root;
    this.#longest = longest;
    for (const entry of prefixes)
      if (entry.prefix !== "") entry.parent = this.#findBelow(entry.prefix, entry.prefix.length - 1);
  }

  /** The longest prefix of `path`; the shorter ones follow as its `parent`s. */
  find(path: string): Prefix<T> | undefined {
    return this.#findBelow(path, this.#longest);
  }

  /** The longest prefix of `path` that has at most `limit` characters. */
  #findBelow(path: string, limit: number): Prefix<T> | undefined {
    let best = this.#root;
    let hash = 0;
    for (let i = 0; i <= limit; i++) {
      const c = i < path.length ? path.charCodeAt(i) : SLASH;
      if (c === SLASH && i > 0) {
        const found = this.#probe(path, i, hash);
        if (found !== undefined) best = found;
        if (i >= path.length) break;
      }
      hash = growHash(hash, c);
    }
    return best;
  }

  #probe(path: string, end: number, hash: number): Prefix<T> | undefined {
    let slot = slotOf(hash, this.#mask);
    for (;;) {
      const entry = this.#slots[slot];
      if (entry === undefined) return undefined;
      if (this.#hashes[slot] === hash && entry.prefix.length === end && path.startsWith(entry.prefix)) return entry;
      slot = (slot + 1) & this.#mask;
    }
  }
}

export interface Prefix<T> {
  readonly prefix: string;
  readonly value: T;
  /** The next shorter prefix that covers the same paths. */
  readonly parent: Prefix<T> | undefined;
}

interface GrowingPrefix<T> extends Prefix<T> {
  parent: Prefix<T> | undefined;
}

const SLASH = 0x2f;

function hashFromStart(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = growHash(hash, text.charCodeAt(i));
  return hash;
}
