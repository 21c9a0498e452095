import { type Filed, growHash, Slots } from "./slots.ts";

/**
 * Maps a path to its longest filed prefix, by whole path elements: `/foo` covers `/foo`, `/foo/` and `/foo/bar`, but
 * not `/foobar` (`PathMatchPathPrefix`).
 *
 * A lookup walks once over the path and probes the table at each slash. Its cost does not depend on the number of
 * prefixes.
 */
export class PrefixTable<T> {
  readonly #slots: Slots<T>;
  readonly #root: Filed<T> | undefined;
  readonly #longest: number;

  /**
   * @param changes values by prefix without trailing slash; the prefix `/` is the empty string. Undefined removes the
   * value that `from` has for the prefix.
   * @param from the table to start from.
   */
  constructor(changes: Iterable<readonly [prefix: string, value: T | undefined]>, from?: PrefixTable<T>) {
    const slots = from === undefined ? new Slots<T>() : from.#slots.copy();
    let longest = from === undefined ? 0 : from.#longest;
    for (const [prefix, value] of changes) {
      if (value === undefined) slots.delete(prefix, hashOf(prefix));
      else slots.set(prefix, hashOf(prefix), value);
      longest = Math.max(longest, prefix.length);
    }
    this.#slots = slots;
    this.#root = slots.find("", 0, 0, hashOf(""));
    this.#longest = longest;
  }

  /** Returns the longest prefix of `path`. */
  find(path: string): Filed<T> | undefined {
    return this.#findWithin(path, this.#longest);
  }

  /** Returns the next shorter prefix for the same path. */
  shorter({ text }: Filed<T>): Filed<T> | undefined {
    return text === "" ? undefined : this.#findWithin(text, text.length - 1);
  }

  at(prefix: string): T | undefined {
    return this.#slots.find(prefix, 0, prefix.length, hashOf(prefix))?.value;
  }

  values(): T[] {
    return Array.from(this.#slots.entries(), ({ value }) => value);
  }

  /** Returns the longest prefix of `path` with at most `limit` characters. */
  #findWithin(path: string, limit: number): Filed<T> | undefined {
    let best = this.#root;
    let hash = 0;
    for (let i = 0; i <= limit; i++) {
      const c = i < path.length ? path.charCodeAt(i) : SLASH;
      if (c === SLASH && i > 0) {
        const found = this.#slots.find(path, 0, i, hash);
        if (found !== undefined) best = found;
        if (i >= path.length) break;
      }
      hash = growHash(hash, c);
    }
    return best;
  }
}

const SLASH = 0x2f;

function hashOf(prefix: string): number {
  let hash = 0;
  for (let i = 0; i < prefix.length; i++) hash = growHash(hash, prefix.charCodeAt(i));
  return hash;
}
