import { type Client, type ClientShares, shareRoom } from "../overload/client-shares.ts";
import type { UpstreamHandler } from "./handler.ts";

/** How much of an endpoint's connections is free for requests that wait. */
export interface Room {
  /** Connections, or requests on them, that none uses now. */
  readonly free: number;
  /** Shares count: at least half of them are in use. */
  readonly crowded: boolean;
}

/**
 * Requests that wait for a connection to one endpoint. Clients take turns, by address; the requests of one are served in
 * the order in which they came. Requests of a client that has its share are passed over.
 */
export class WaitingRequests {
  size = 0;
  readonly #shares: ClientShares;
  /** By client, with whether only a fresh connection will do. */
  readonly #queues = new Map<string | Client, Map<UpstreamHandler, boolean>>();

  constructor(shares: ClientShares) {
    this.#shares = shares;
  }

  add(handler: UpstreamHandler, fresh: boolean): void {
    const key = this.#shares.queueOf(handler.client);
    const queue = this.#queues.get(key) ?? new Map<UpstreamHandler, boolean>();
    this.#queues.set(key, queue.set(handler, fresh));
    this.size++;
  }

  /** @returns false if the request does not wait. */
  delete(handler: UpstreamHandler): boolean {
    const key = this.#shares.queueOf(handler.client);
    const queue = this.#queues.get(key);
    if (queue?.delete(handler) !== true) return false;
    if (queue.size === 0) this.#queues.delete(key);
    this.size--;
    return true;
  }

  clear(): void {
    this.#queues.clear();
    this.size = 0;
  }

  get first(): UpstreamHandler | undefined {
    for (const [handler] of this.entries()) return handler;
    return undefined;
  }

  /** All requests that wait, each with whether only a fresh connection will do. */
  *entries(): Iterable<readonly [UpstreamHandler, boolean]> {
    for (const queue of this.#queues.values()) yield* queue;
  }

  /** Whether a client may add a request to a queue that is half full. */
  admits(client: Client, most: number, percent: number): boolean {
    if (percent === 0) return true;
    const waiting = this.#queues.get(this.#shares.queueOf(client))?.size ?? 0;
    return shareRoom(waiting, most - this.size, percent) > 0;
  }

  /** How many of the requests may be served now as far as shares go. */
  eligible({ free, crowded }: Room): number {
    if (!crowded || this.size === 0) return this.size;
    let eligible = 0;
    for (const queue of this.#queues.values()) {
      const [first] = queue.keys();
      if (first !== undefined) eligible += Math.min(queue.size, Math.max(0, this.#roomOf(first.client, free)));
    }
    return eligible;
  }

  #roomOf(client: Client, free: number): number {
    return this.#shares.queueOf(client) === client
      ? this.#shares.connectionRoom(client, free)
      : this.#shares.addressRoom(client, free);
  }

  /**
   * Takes the request that is to be served next out of its queue.
   *
   * @param serves whether the connection will do for a request that wants a fresh one, or does not.
   */
  next({ free, crowded }: Room, serves: (fresh: boolean) => boolean): UpstreamHandler | undefined {
    for (const [key, queue] of this.#queues) {
      const [first] = queue.keys();
      if (first === undefined || (crowded && this.#roomOf(first.client, free) <= 0)) continue;
      const handler = this.#nextOf(queue, crowded ? free : Number.POSITIVE_INFINITY, serves);
      if (handler === undefined) continue;
      this.delete(handler);
      // The client's next turn is behind those of all others.
      if (queue.size > 0 && this.#queues.delete(key)) this.#queues.set(key, queue);
      return handler;
    }
    return undefined;
  }

  #nextOf(
    queue: ReadonlyMap<UpstreamHandler, boolean>,
    free: number,
    serves: (fresh: boolean) => boolean,
  ): UpstreamHandler | undefined {
    let refused: Client | undefined;
    for (const [handler, fresh] of queue) {
      if (handler.client === refused || !serves(fresh)) continue;
      if (this.#shares.connectionRoom(handler.client, free) > 0) return handler;
      refused = handler.client;
    }
    return undefined;
  }
}
