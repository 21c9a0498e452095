import { type Client, type ClientShares, shareRoom } from "../overload/client-shares.ts";
import type { UpstreamHandler } from "./handler.ts";

/** Room at an endpoint for requests that wait. */
export interface Room {
  /** Number of free connections, or of free streams on them. */
  readonly free: number;
  /** True if shares apply, since at least half of the capacity is in use. */
  readonly crowded: boolean;
}

/**
 * Requests that wait for a connection to one endpoint. Clients take turns, by address; requests of one client are
 * served in order of arrival. Requests of a client that has used its share are skipped.
 */
export class WaitingRequests {
  size = 0;
  readonly #shares: ClientShares;
  /** Waiting requests by client, with whether they need a fresh connection. */
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

  /** @returns false if the request was not waiting. */
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

  /** Returns all waiting requests, each with whether it needs a fresh connection. */
  *entries(): Iterable<readonly [UpstreamHandler, boolean]> {
    for (const queue of this.#queues.values()) yield* queue;
  }

  /** Returns whether a client may add a request to a queue that is half full. */
  admits(client: Client, most: number, percent: number): boolean {
    if (percent === 0) return true;
    const waiting = this.#queues.get(this.#shares.queueOf(client))?.size ?? 0;
    return shareRoom(waiting, most - this.size, percent) > 0;
  }

  /** Returns how many requests may be served now by the shares of their clients. */
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
   * Removes the next request to serve from its queue.
   *
   * @param serves returns whether the connection suits a request that wants a fresh one, or does not.
   */
  next({ free, crowded }: Room, serves: (fresh: boolean) => boolean): UpstreamHandler | undefined {
    for (const [key, queue] of this.#queues) {
      const [first] = queue.keys();
      if (first === undefined || (crowded && this.#roomOf(first.client, free) <= 0)) continue;
      const handler = this.#nextOf(queue, crowded ? free : Number.POSITIVE_INFINITY, serves);
      if (handler === undefined) continue;
      this.delete(handler);
      // The client's next turn comes after those of all other clients.
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
