/**
 * Counts connections by the client's address. An IPv6 client has at least 64 bits of address for itself (RFC 6177), so
 * that only the first 64 bits count.
 */
export class ClientAddresses {
  readonly #limit: number;
  readonly #connections = new Map<string, number>();

  /** @param limit connections of one address; 0 for no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a connection, or returns false if its address has reached the limit. */
  enter(network: string): boolean {
    if (this.#limit === 0) return true;
    const connections = this.#connections.get(network) ?? 0;
    if (connections >= this.#limit) return false;
    this.#connections.set(network, connections + 1);
    return true;
  }

  leave(network: string): void {
    const connections = this.#connections.get(network) ?? 0;
    if (connections > 1) this.#connections.set(network, connections - 1);
    else this.#connections.delete(network);
  }

  /** Number of addresses that have connections. */
  get size(): number {
    return this.#connections.size;
  }
}

/** Returns the key that an address is counted by: all of IPv4, mapped or not; the first 64 bits of IPv6. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !address.includes(":")) return address ?? "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = "", tail] = address.replace(/%.*$/, "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":");
    while (groups.length + rest.length < 8) groups.push("0");
    groups.push(...rest);
  }
  return groups.slice(0, 4).join(":");
}
