/**
 * Connections by the client's address. One that has IPv6 has at least 64 bits of it for itself (RFC 6177), so that the
 * first 64 are what counts.
 */
export class ClientAddresses {
  readonly #limit: number;
  readonly #connections = new Map<string, number>();

  /** @param limit connections of one address; 0 for as many as it likes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a connection, unless its address has as many as it may. */
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

  /** How many addresses have connections. */
  get size(): number {
    return this.#connections.size;
  }
}

/** What an address is counted by: IPv4, mapped or not, as a whole; of IPv6 the first 64 bits. */
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
