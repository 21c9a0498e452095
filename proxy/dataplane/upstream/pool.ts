import type { Deadlines } from "../deadlines.ts";
import type { ParserPool } from "../http1/message-parser.ts";
import type { Limits } from "../limits.ts";
import type { UpstreamError } from "../stats.ts";
import { type ConnectionKeeper, UpstreamConnection, type UpstreamShared } from "./connection.ts";
import type { UpstreamHandler } from "./handler.ts";

/**
 * The connections to one endpoint. Kept for as long as any snapshot names the endpoint, so that a change of routes
 * opens and closes none. The connection used last is used first, and those that are not needed time out.
 */
export class EndpointPool implements ConnectionKeeper {
  readonly address: string;
  readonly port: number;
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly parsers: ParserPool;
  /** Requests under way or waiting: what least-request compares. */
  active = 0;

  readonly #idle: UpstreamConnection[] = [];
  readonly #connections = new Set<UpstreamConnection>();
  /** Who waits for a connection, and whether only a fresh one will do. */
  readonly #waiting = new Map<UpstreamHandler, boolean>();
  #connecting = 0;
  /** Of the connections, those that are tunnels. The bound for clients' connections bounds them as well. */
  #tunnels = 0;
  #retired = false;

  constructor(address: string, port: number, shared: UpstreamShared) {
    this.address = address;
    this.port = port;
    this.deadlines = shared.deadlines;
    this.limits = shared.limits;
    this.parsers = shared.parsers;
  }

  /**
   * A connection that is ready now, or undefined: then the handler gets one, or is told that there is none.
   *
   * @param fresh only a connection that no request has been sent on.
   */
  acquire(handler: UpstreamHandler, fresh: boolean): UpstreamConnection | undefined {
    while (!fresh) {
      const connection = this.#idle.pop();
      if (connection === undefined) break;
      if (connection.usable) return connection;
      connection.destroy();
    }
    if (this.#waiting.size >= this.limits.endpointQueue) {
      queueMicrotask(() => handler.onNoConnection("overflow"));
      return undefined;
    }
    this.#waiting.set(handler, fresh);
    this.#connect();
    return undefined;
  }

  /** A handler that waits for a connection does not any more. A connection being made for it is kept. */
  cancel(handler: UpstreamHandler): void {
    this.#waiting.delete(handler);
  }

  /** A connection is free: whoever waits longest gets it. */
  release(connection: UpstreamConnection): void {
    for (const [handler, fresh] of this.#waiting) {
      if (fresh && connection.reused) continue;
      this.#waiting.delete(handler);
      handler.onConnection(connection);
      return;
    }
    if (this.#retired) connection.destroy();
    else this.#idle.push(connection);
  }

  connected(connection: UpstreamConnection): void {
    this.#connecting--;
    this.deadlines.set(connection, this.limits.upstreamIdleTimeout);
    this.release(connection);
  }

  /** A connection could not be made: whoever waits longest is told so. */
  failed(error: UpstreamError): void {
    for (const handler of this.#waiting.keys()) {
      this.#waiting.delete(handler);
      handler.onNoConnection(error);
      return;
    }
  }

  tunnelled(): void {
    this.#tunnels++;
    this.#connect();
  }

  closed(connection: UpstreamConnection, connecting: boolean): void {
    this.#connections.delete(connection);
    if (connection.isTunnel) this.#tunnels--;
    if (connecting) {
      this.#connecting--;
      return;
    }
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#connect();
  }

  /** No snapshot names the endpoint any more: what is under way goes on, and nothing is kept. */
  retire(): void {
    this.#retired = true;
    for (const connection of [...this.#idle]) connection.destroy();
  }

  /** A snapshot names it again. */
  revive(): void {
    this.#retired = false;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts everything. */
  destroy(): void {
    this.#retired = true;
    this.#waiting.clear();
    for (const connection of [...this.#connections]) connection.destroy();
  }

  /** Makes a connection if more requests wait than connections are in the making, within the bound. */
  #connect(): void {
    if (this.#connecting >= this.#waiting.size) return;
    if (this.#connections.size - this.#tunnels >= this.limits.endpointConnections) {
      // Whoever waits while connections are idle needs a fresh one: the idle one that was used longest ago makes room.
      const oldest = this.#idle[0];
      if (oldest === undefined) return;
      oldest.destroy();
      return;
    }
    this.#connecting++;
    this.#connections.add(new UpstreamConnection(this));
  }
}
