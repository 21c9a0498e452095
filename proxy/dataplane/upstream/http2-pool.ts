import { ResponseHead } from "../http2/response-head.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import { type SessionKeeper, UpstreamSession } from "./http2-session.ts";
import { EndpointPool } from "./pool.ts";

/**
 * Connections of HTTP/2, each with many requests at one time. A second one is made when the first is full, and the
 * fullest that has room is used, so that those that are not needed time out.
 */
export class Http2Pool extends EndpointPool implements SessionKeeper {
  readonly response: ResponseHead = new ResponseHead(this.limits.headFields);
  readonly #sessions = new Set<UpstreamSession>();
  /**
   * Of those, the ones that became ready after the last loss of one. Whoever has lost a request with its session wants
   * one of these: the others may be as dead, and not have shown it yet.
   */
  readonly #sound = new Set<UpstreamSession>();
  /** How many requests the next session is expected to have room for: as many as the last one had. */
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

  /** A session is ready, or has room again: those who wait longest get it. */
  release(session: UpstreamSession): void {
    // Of an endpoint that is named no more, requests that it was chosen for are waited for with the session.
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

  /** A request is over. */
  left(stream: UpstreamChannel): void {
    this.discount(stream);
  }

  /** A session that has room for nobody is followed by no other: its endpoint wants no requests for now. */
  connected(session: UpstreamSession): void {
    const { room } = session;
    this.connecting--;
    this.health.connected();
    this.#expected = Math.max(1, room);
    this.#sound.add(session);
    this.release(session);
    if (room > 0) this.connectAll();
  }

  /** A session has ended under a request that has no answer: one failure, however many requests it was. */
  lost(): void {
    this.#sound.clear();
    this.health.failed();
  }

  /** @param connecting it never was ready. */
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

  /** As many as the sessions in the making have no room for, and the first in any case. */
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
