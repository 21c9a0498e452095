import { growHash, slotOf, slotsFor } from "./hashing.ts";

/**
 * From a host to what is filed under it: an exact name, else the longest `*.suffix` that covers it, else `*`.
 *
 * Names are looked up in a Map; suffixes by one walk over the host from its end, with a hash that grows character by
 * character, so that a lookup makes no substrings.
 */
export class HostTable<T> {
  readonly exact: ReadonlyMap<string, T>;
  /** Filed under `*`: every host. */
  readonly any: T | undefined;
  /** Filed under `*.suffix`, by the pattern. */
  readonly wildcards: ReadonlyMap<string, T>;
  readonly #longest: number;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #slots: readonly (Suffix<T> | undefined)[];

  /** @param entries by hostname: an exact name, `*.suffix` or `*`; lower case. */
  constructor(entries: Iterable<readonly [hostname: string, value: T]>) {
    const exact = new Map<string, T>();
    const wildcards = new Map<string, T>();
    let any: T | undefined;
    for (const [hostname, value] of entries) {
      if (hostname === "*") any = value;
      else if (hostname.startsWith("*.")) wildcards.set(hostname, value);
      else exact.set(hostname, value);
    }
    this.exact = exact;
    this.wildcards = wildcards;
    this.any = any;
    const suffixes = [...wildcards].map(([pattern, value]) => ({ suffix: pattern.slice(1), value }));
    const size = slotsFor(suffixes.length);
    const slots = new Array<Suffix<T> | undefined>(size).fill(undefined);
    this.#longest = suffixes.reduce((longest, { suffix }) => Math.max(longest, suffix.length), 0);
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    for (const entry of suffixes) {
      const hash = hashFromEnd(entry.suffix);
      let slot = slotOf(hash, this.#mask);
      while (slots[slot] !== undefined) slot = (slot + 1) & this.#mask;
      slots[slot] = entry;
      this.#hashes[slot] = hash;
    }
    this.#slots = slots;
  }

  find(host: string): T | undefined {
    return this.exact.get(host) ?? (this.#longest === 0 ? this.any : (this.#findSuffix(host) ?? this.any));
  }

  #findSuffix(host: string): T | undefined {
    let best: T | undefined;
    let hash = 0;
    // A wildcard stands for at least one label, so the first character never belongs to the suffix.
    for (let i = host.length - 1; i > 0 && host.length - i <= this.#longest; i--) {
      const c = host.charCodeAt(i);
      hash = growHash(hash, c);
      if (c === 0x2e) best = this.#probe(host, i, hash) ?? best;
    }
    return best;
  }

  #probe(host: string, start: number, hash: number): T | undefined {
    let slot = slotOf(hash, this.#mask);
    for (;;) {
      const entry = this.#slots[slot];
      if (entry === undefined) return undefined;
      if (this.#hashes[slot] === hash && entry.suffix.length === host.length - start && host.endsWith(entry.suffix))
        return entry.value;
      slot = (slot + 1) & this.#mask;
    }
  }
}

interface Suffix<T> {
  /** With its leading dot. */
  readonly suffix: string;
  readonly value: T;
}

function hashFromEnd(text: string): number {
  let hash = 0;
  for (let i = text.length - 1; i >= 0; i--) hash = growHash(hash, text.charCodeAt(i));
  return hash;
}

/** The hostnames that cover `hostname`, the most specific first: itself, then each longer wildcard, then `*`. */
export function coveringHostnames(hostname: string): string[] {
  const covering = hostname === "*" ? [] : [hostname];
  const start = hostname.startsWith("*.") ? 2 : 0;
  for (let dot = hostname.indexOf(".", start); dot >= 0; dot = hostname.indexOf(".", dot + 1)) {
    covering.push(`*${hostname.slice(dot)}`);
  }
  covering.push("*");
  return covering;
}
