import { type Filed, growHash, Slots } from "./slots.ts";

/**
 * Maps a host to the values filed under the hostnames that cover it: the exact name, then each `*.suffix` with the
 * longest first, then `*`.
 */
export class HostTable<T> {
  readonly exact: ReadonlyMap<string, T>;
  readonly wildcards: SuffixTable<T>;
  /** The value filed under `*`, which covers every host. */
  readonly any: T | undefined;

  /**
   * @param changes values by hostname, in lower case. Undefined removes the value that `from` has for the hostname.
   * @param from the table to start from.
   */
  constructor(changes: Iterable<readonly [hostname: string, value: T | undefined]>, from?: HostTable<T>) {
    const exact = new Map<string, T>(from?.exact);
    const wildcards: [string, T | undefined][] = [];
    let any = from?.any;
    for (const [hostname, value] of changes) {
      if (hostname === "*") any = value;
      else if (hostname.startsWith("*.")) wildcards.push([hostname.slice(1), value]);
      else if (value === undefined) exact.delete(hostname);
      else exact.set(hostname, value);
    }
    this.exact = exact;
    this.wildcards = new SuffixTable(wildcards, from?.wildcards);
    this.any = any;
  }

  /** Returns the value filed under exactly this hostname. */
  at(hostname: string): T | undefined {
    if (hostname === "*") return this.any;
    return hostname.startsWith("*.") ? this.wildcards.at(hostname.slice(1)) : this.exact.get(hostname);
  }

  /** Returns the value of the most specific hostname that covers `host`. */
  find(host: string): T | undefined {
    return this.exact.get(host) ?? this.wildcards.find(host)?.value ?? this.any;
  }

  /** Returns the values of all hostnames that cover `host`, the most specific first. */
  covering(host: string): T[] {
    const found: T[] = [];
    const exact = this.exact.get(host);
    if (exact !== undefined) found.push(exact);
    const { wildcards, any } = this;
    for (let entry = wildcards.find(host); entry !== undefined; entry = wildcards.shorter(entry))
      found.push(entry.value);
    if (any !== undefined) found.push(any);
    return found;
  }
}

/** Maps a host to its longest filed suffix. A lookup walks from the end of the host and probes at each dot. */
class SuffixTable<T> {
  readonly #slots: Slots<T>;
  readonly #longest: number;

  /** @param changes values by suffix, with its leading dot. */
  constructor(changes: Iterable<readonly [suffix: string, value: T | undefined]>, from?: SuffixTable<T>) {
    const slots = from === undefined ? new Slots<T>() : from.#slots.copy();
    let longest = from === undefined ? 0 : from.#longest;
    for (const [suffix, value] of changes) {
      if (value === undefined) slots.delete(suffix, hashOf(suffix));
      else slots.set(suffix, hashOf(suffix), value);
      longest = Math.max(longest, suffix.length);
    }
    this.#slots = slots;
    this.#longest = longest;
  }

  at(suffix: string): T | undefined {
    return this.#slots.find(suffix, 0, suffix.length, hashOf(suffix))?.value;
  }

  /** Returns the longest suffix of `host`. A wildcard has at least one label, so a suffix is never the whole host. */
  find(host: string): Filed<T> | undefined {
    let best: Filed<T> | undefined;
    let hash = 0;
    for (let i = host.length - 1; i > 0 && host.length - i <= this.#longest; i--) {
      const c = host.charCodeAt(i);
      hash = growHash(hash, c);
      if (c !== DOT) continue;
      const found = this.#slots.find(host, i, host.length, hash);
      if (found !== undefined) best = found;
    }
    return best;
  }

  /** Returns the next shorter suffix for the same host. */
  shorter({ text }: Filed<T>): Filed<T> | undefined {
    return this.find(text);
  }
}

const DOT = 0x2e;

function hashOf(suffix: string): number {
  let hash = 0;
  for (let i = suffix.length - 1; i >= 0; i--) hash = growHash(hash, suffix.charCodeAt(i));
  return hash;
}
