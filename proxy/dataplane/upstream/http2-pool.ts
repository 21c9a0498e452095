import { ResponseHead } from "../http2/response-head.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import { type SessionKeeper, UpstreamSession } from "./http2-session.ts";
import { EndpointPool } from "./pool.ts";

/**
 * A pool of HTTP/2 connections, each with many requests at one time. A second one is opened when the first is full, and
 * the fullest one with room is used, so that unneeded ones time out.
 */
export class Http2Pool extends EndpointPool implements SessionKeeper {
  readonly response: ResponseHead = new ResponseHead(this.limits.headFields);
  readonly #sessions = new Set<UpstreamSession>();
  /**
   * Sessions that became ready after the last loss of one. A request that was lost with its session needs one of these:
   * the others may be dead too, without having shown it.
   */
  readonly #sound = new Set<UpstreamSession>();
  /** Expected capacity of the next session: as many requests as the last one had room for. */
  #expected = Math.max(1, this.limits.endpointStreams);

  protected take(fresh: boolean): UpstreamChannel | undefined {
    let best: UpstreamSession | undefined;
    for (const session of this.#sessions) {
      if (!this.#serves(session, fresh)) continue;
      if (best === undefined || session.streams > best.streams) best = session;
    }
    return best?.stream();
  }

  #serves(session: UpstreamSession, fresh: boolean): boolean {
    return session.hasRoom && (!fresh || this.#sound.has(session));
  }

  /** Gives room in a session to the requests that wait longest. */
  release(session: UpstreamSession): void {
    // If no snapshot names the endpoint any more, the session stays for the requests that chose it before.
    const isDone = this.retired && this.waiting.size === 0;
    if (session.streams === 0 && (isDone || this.budget.isClaimed(this, this.waiting.size > 0))) {
      session.close();
      return;
    }
    const serves = (fresh: boolean): boolean => this.#serves(session, fresh);
    while (this.waiting.size > 0 && session.hasRoom) {
      if (!this.serveNext(this.room(), serves, () => session.stream())) return;
    }
  }

  /** Handles the end of a request. */
  left(stream: UpstreamChannel): void {
    this.discount(stream);
  }

  /** Adds a session. If it has no room at all, no other is opened: its endpoint wants no requests for now. */
  connected(session: UpstreamSession): void {
    const { room } = session;
    this.connecting--;
    this.health.connected();
    this.#expected = Math.max(1, room);
    this.#sound.add(session);
    this.release(session);
    if (room > 0) this.connectAll();
  }

  /** Counts a session that ended before a response: one failure, however many requests it carried. */
  lost(): void {
    this.#sound.clear();
    this.health.failed();
  }

  /** @param connecting true if it was never ready. */
  closed(session: UpstreamSession, connecting: boolean): void {
    this.#sessions.delete(session);
    this.#sound.delete(session);
    if (connecting) this.connecting--;
    this.budget.give(this);
    if (!connecting) this.connectAll();
  }

  closeIdle(): boolean {
    for (const session of this.#sessions) {
      if (!session.isIdle) continue;
      session.close();
      return true;
    }
    return false;
  }

  closeAllIdle(): void {
    for (const session of [...this.#sessions]) if (session.isIdle) session.close();
  }

  get connections(): number {
    return this.#sessions.size;
  }

  protected cutAll(): void {
    for (const session of [...this.#sessions]) session.destroy();
  }

  /** Returns the requests for which opening sessions will have no room, and at least the first one. */
  protected forsaken(): readonly UpstreamHandler[] {
    const waiting = [...this.waiting.entries()].map(([handler]) => handler);
    return waiting.slice(0, Math.max(1, waiting.length - this.connecting * this.#expected));
  }

  protected get wantsConnection(): boolean {
    const expected = this.connecting * this.#expected;
    return expected < this.waiting.size && expected < this.waiting.eligible(this.room());
  }

  protected get used(): number {
    let used = 0;
    for (const { streams } of this.#sessions) used += streams;
    return used;
  }

  protected get capacity(): number {
    let capacity = (this.limits.endpointConnections - this.#sessions.size) * this.#expected;
    for (const { most } of this.#sessions) capacity += most;
    return capacity;
  }

  protected get isFull(): boolean {
    return this.#sessions.size >= this.limits.endpointConnections;
  }

  protected open(): void {
    this.#sessions.add(new UpstreamSession(this));
  }
}
