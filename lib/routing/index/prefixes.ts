import { type Filed, growHash, Slots } from "./slots.ts";

/**
 * From a path to the longest prefix that covers it, element by element: `/foo` covers `/foo`, `/foo/` and `/foo/bar`,
 * not `/foobar` (`PathMatchPathPrefix`).
 *
 * One walk over the path, with a lookup at each slash: the cost is the same however many prefixes there are.
 */
export class PrefixTable<T> {
  readonly entries: readonly Filed<T>[];
  readonly #root: Filed<T> | undefined;
  readonly #longest: number;
  readonly #slots: Slots<T>;

  /** @param entries by prefix, without its trailing slash, so that the prefix of every path is the empty one. */
  constructor(entries: Iterable<readonly [prefix: string, value: T]>) {
    const filed = Array.from(entries, ([text, value]): Growing<T> => ({ text, value, parent: undefined }));
    this.entries = filed;
    this.#root = filed.find(({ text }) => text === "");
    this.#longest = filed.reduce((longest, { text }) => Math.max(longest, text.length), 0);
    this.#slots = new Slots(filed.length);
    for (const entry of filed) if (entry.text !== "") this.#slots.file(entry, hashOf(entry.text));
    for (const entry of filed)
      if (entry.text !== "") entry.parent = this.#findWithin(entry.text, entry.text.length - 1);
  }

  /** The longest prefix of `path`; the shorter ones follow as its `parent`s. */
  find(path: string): Filed<T> | undefined {
    return this.#findWithin(path, this.#longest);
  }

  /** The longest prefix of `path` that has at most `limit` characters. */
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

type Growing<T> = { -readonly [field in keyof Filed<T>]: Filed<T>[field] };

const SLASH = 0x2f;

function hashOf(prefix: string): number {
  let hash = 0;
  for (let i = 0; i < prefix.length; i++) hash = growHash(hash, prefix.charCodeAt(i));
  return hash;
}
