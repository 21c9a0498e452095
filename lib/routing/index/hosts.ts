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

  /**
   * @param changes by hostname, in lower case. Nothing takes out what the table that this one starts from has there.
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
    const { wildcards, any } = this;
    for (let entry = wildcards.find(host); entry !== undefined; entry = wildcards.shorter(entry))
      found.push(entry.value);
    if (any !== undefined) found.push(any);
    return found;
  }
}

/** From a host to the longest suffix of it, found in one walk from its end with a lookup at each dot. */
class SuffixTable<T> {
  readonly #slots: Slots<T>;
  readonly #longest: number;

  /** @param changes by suffix with its leading dot. */
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

  /** The longest suffix of `host`. A wildcard stands for at least one label, so the suffix is never the whole host. */
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

  /** The next shorter suffix of the same hosts. */
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
