import type { Limits } from "../limits/limits.ts";
import { networkOf } from "./client-addresses.ts";

/** A client's connection. Requests on one connection have the same object. */
export interface Client {
  readonly address: string;
}

/** Percentage of what other clients leave that one client may hold; 0 for all of it. */
export type ShareLimits = Pick<Limits, "addressShare" | "connectionShare">;

/**
 * Shares of a bounded resource, such as the connections to one endpoint. The first half of the resource is free for
 * all and is not counted. Of the second half, a client may hold a part of what the other clients leave to it. Some of
 * the resource is therefore always free for a client that holds nothing, however many clients are greedy (dynamic
 * thresholds; Choudhury and Hahne, 1998).
 */
export class ClientShares {
  readonly #limits: ShareLimits;
  /** Holdings in the second half, by address and by connection. */
  readonly #held = new Map<string | Client, number>();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Returns the key of the clients that share one queue. */
  queueOf(client: Client): string | Client {
    return this.#limits.addressShare === 0 ? client : networkOf(client.address);
  }

  /** Returns whether a client may take one more unit. At least one must be free. */
  admits(client: Client, free: number): boolean {
    return this.addressRoom(client, free) > 0 && this.connectionRoom(client, free) > 0;
  }

  /** Returns how many more units all clients of an address may take. */
  addressRoom(client: Client, free: number): number {
    return this.#room(networkOf(client.address), free, this.#limits.addressShare);
  }

  /** Returns how many more units one connection may take. */
  connectionRoom(client: Client, free: number): number {
    return this.#room(client, free, this.#limits.connectionShare);
  }

  #room(key: string | Client, free: number, percent: number): number {
    return percent === 0 ? Number.POSITIVE_INFINITY : shareRoom(this.#held.get(key) ?? 0, free, percent);
  }

  /** Counts a unit that a client has taken; `leave` releases it. */
  enter(client: Client): void {
    const { addressShare, connectionShare } = this.#limits;
    if (addressShare > 0) this.#add(networkOf(client.address), 1);
    if (connectionShare > 0) this.#add(client, 1);
  }

  leave(client: Client): void {
    const { addressShare, connectionShare } = this.#limits;
    if (addressShare > 0) this.#add(networkOf(client.address), -1);
    if (connectionShare > 0) this.#add(client, -1);
  }

  #add(key: string | Client, change: number): void {
    const held = (this.#held.get(key) ?? 0) + change;
    if (held > 0) this.#held.set(key, held);
    else this.#held.delete(key);
  }

  /** Number of addresses and connections that are counted. */
  get size(): number {
    return this.#held.size;
  }
}

/** Returns how many more units a holder of `held` units may take while `free` are free. At least one is. */
export function shareRoom(held: number, free: number, percent: number): number {
  return Math.ceil((percent / 100) * (held + Math.max(1, free))) - held;
}

/** Returns whether shares apply, since half of the resource is in use. */
export function isCrowded(used: number, capacity: number): boolean {
  return used * 2 >= capacity;
}
