import { ResponseHead } from "../http2/response-head.ts";
import { type SessionKeeper, UpstreamSession } from "../http2/upstream-session.ts";
import type { UpstreamChannel } from "./handler.ts";
import { EndpointPool } from "./pool.ts";

/**
 * Connections of HTTP/2, each with many requests at one time. A second one is made when the first is full, and the
 * fullest that has room is used, so that those that are not needed time out.
 */
export class Http2Pool extends EndpointPool implements SessionKeeper {
  readonly response: ResponseHead = new ResponseHead(this.limits.headFields);
  readonly #sessions = new Set<UpstreamSession>();

  protected take(fresh: boolean): UpstreamChannel | undefined {
    let best: UpstreamSession | undefined;
    for (const session of this.#sessions) {
      if (!session.hasRoom || (fresh && session.reused)) continue;
      if (best === undefined || session.streams > best.streams) best = session;
    }
    return best?.stream();
  }

  /** A session is ready, or has room again: those who wait longest get it. */
  release(session: UpstreamSession): void {
    if (session.streams === 0 && (this.retired || this.budget.isClaimed(this, this.waiting.size > 0))) {
      session.close();
      return;
    }
    for (const [handler, fresh] of this.waiting) {
      if (!session.hasRoom) return;
      if (fresh && session.reused) continue;
      this.waiting.delete(handler);
      handler.onConnection(session.stream());
    }
  }

  connected(session: UpstreamSession): void {
    this.connecting--;
    this.health.connected();
    this.release(session);
  }

  /** @param connecting it never was ready. */
  closed(session: UpstreamSession, connecting: boolean): void {
    this.#sessions.delete(session);
    if (connecting) this.connecting--;
    this.budget.give(this);
    if (!connecting) this.connect();
  }

  closeIdle(): boolean {
    for (const session of this.#sessions) {
      if (session.streams > 0 || !session.hasRoom) continue;
      session.close();
      return true;
    }
    return false;
  }

  closeAllIdle(): void {
    for (const session of [...this.#sessions]) if (session.streams === 0 && session.hasRoom) session.close();
  }

  get connections(): number {
    return this.#sessions.size;
  }

  protected cutAll(): void {
    for (const session of [...this.#sessions]) session.destroy();
  }

  /** A session in the making is for as many as it may have. */
  protected get wantsConnection(): boolean {
    return this.connecting * this.limits.endpointStreams < this.waiting.size;
  }

  protected get isFull(): boolean {
    return this.#sessions.size >= this.limits.endpointConnections;
  }

  protected open(): void {
    this.#sessions.add(new UpstreamSession(this));
  }
}
