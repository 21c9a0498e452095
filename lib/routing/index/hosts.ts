import { type Filed, growHash, Slots } from "./slots.ts";

/**
 * From a host to what is filed under the hostnames that cover it: an exact name, then each `*.suffix` with the
 * longest first, then `*`.
 */
export class HostTable<T> {
  readonly exact: ReadonlyMap<string, T>;
  readonly wildcards: SuffixTable<T>;
  /** Filed under `*`: every host. */
  readonly any: T | undefined;

  /** @param entries by hostname, in lower case, each once. */
  constructor(entries: Iterable<readonly [hostname: string, value: T]>) {
    const exact = new Map<string, T>();
    const wildcards: [string, T][] = [];
    let any: T | undefined;
    for (const [hostname, value] of entries) {
      if (hostname === "*") any = value;
      else if (hostname.startsWith("*.")) wildcards.push([hostname.slice(1), value]);
      else exact.set(hostname, value);
    }
    this.exact = exact;
    this.wildcards = new SuffixTable(wildcards);
    this.any = any;
  }

  /** What is filed under this very hostname. */
  at(hostname: string): T | undefined {
    if (hostname === "*") return this.any;
    return hostname.startsWith("*.") ? this.wildcards.at(hostname.slice(1)) : this.exact.get(hostname);
  }

  /** What the most specific hostname holds. */
  find(host: string): T | undefined {
    return this.exact.get(host) ?? this.wildcards.find(host)?.value ?? this.any;
  }

  /** What every hostname that covers `host` holds, the most specific first. */
  covering(host: string): T[] {
    const found: T[] = [];
    const exact = this.exact.get(host);
    if (exact !== undefined) found.push(exact);
    for (let entry = this.wildcards.find(host); entry !== undefined; entry = entry.parent) found.push(entry.value);
    if (this.any !== undefined) found.push(this.any);
    return found;
  }
}

/** From a host to the longest suffix of it, found in one walk from its end with a lookup at each dot. */
class SuffixTable<T> {
  readonly #longest: number;
  readonly #slots: Slots<T>;

  /** @param entries by suffix with its leading dot. */
  constructor(entries: readonly (readonly [suffix: string, value: T])[]) {
    this.#longest = entries.reduce((longest, [suffix]) => Math.max(longest, suffix.length), 0);
    this.#slots = new Slots(entries.length);
    // The shorter suffixes first, as they are the parents.
    for (const [text, value] of entries.toSorted(([a], [b]) => a.length - b.length)) {
      this.#slots.file({ text, value, parent: this.find(text) }, hashOf(text));
    }
  }

  at(suffix: string): T | undefined {
    return this.#slots.find(suffix, 0, suffix.length, hashOf(suffix))?.value;
  }

  /** The longest suffix of `host`; the shorter ones follow as its `parent`s. */
  find(host: string): Filed<T> | undefined {
    let best: Filed<T> | undefined;
    let hash = 0;
    // A wildcard stands for at least one label, so the first character never belongs to the suffix.
    for (let i = host.length - 1; i > 0 && host.length - i <= this.#longest; i--) {
      const c = host.charCodeAt(i);
      hash = growHash(hash, c);
      if (c !== DOT) continue;
      const found = this.#slots.find(host, i, host.length, hash);
      if (found !== undefined) best = found;
    }
    return best;
  }
}

const DOT = 0x2e;

function hashOf(suffix: string): number {
  let hash = 0;
  for (let i = suffix.length - 1; i >= 0; i--) hash = growHash(hash, suffix.charCodeAt(i));
  return hash;
}
