import { UpstreamConnection } from "./connection.ts";
import type { ConnectionKeeper } from "./connection-keeper.ts";
import type { UpstreamHandler } from "./handler.ts";
import { EndpointPool } from "./pool.ts";

/** A pool of HTTP/1.1 connections. The one used last is used first, so that unneeded ones time out. */
export class Http1Pool extends EndpointPool implements ConnectionKeeper<UpstreamConnection> {
  readonly #idle: UpstreamConnection[] = [];
  readonly #connections = new Set<UpstreamConnection>();
  /** Number of connections that are tunnels. The bound for clients' connections bounds them as well. */
  #tunnels = 0;
  /** Connections that are being opened. */
  readonly #making = new Set<UpstreamConnection>();
  /**
   * Opening connections that began before the last failure. A connection that begins after a failure is another attempt
   * at the same endpoint, and no reason for every request to wait for its end.
   */
  #hopeful: Set<UpstreamConnection> = new Set();
  /** True if a connection has failed and none has been established since. */
  #failing = false;

  protected take(fresh: boolean): UpstreamConnection | undefined {
    while (!fresh) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.usable) return connection;
      connection.destroy();
    }
    return undefined;
  }

  /** Gives a free connection to the request that waits longest. */
  release(connection: UpstreamConnection): void {
    this.discount(connection);
    if (this.budget.isClaimed(this, this.waiting.size > 0)) {
      connection.destroy();
      return;
    }
    if (this.waiting.size > 0 && this.#serve(connection, 1)) this.#serveMore();
    else if (this.retired) connection.destroy();
    else this.#idle.push(connection);
  }

  /** @param used 1 if the connection counts as in use, 0 if it is idle. */
  #serve(connection: UpstreamConnection, used: number): boolean {
    const serves = (fresh: boolean): boolean => !fresh || !connection.reused;
    return this.serveNext(this.room(used), serves, () => connection);
  }

  /** Serves further requests: one freed connection can make room in the shares of several. */
  #serveMore(): void {
    while (this.waiting.size > 0 && this.#idle.length > 0) {
      const idle = this.take(false);
      if (idle === undefined || this.#serve(idle, 1)) continue;
      this.#idle.push(idle);
      break;
    }
    if (this.waiting.size > 0) this.connectAll();
  }

  connected(connection: UpstreamConnection): void {
    this.connecting--;
    this.#making.delete(connection);
    this.#beginAnew();
    this.health.connected();
    this.deadlines.set(connection, this.limits.upstreamIdleTimeout);
    this.release(connection);
  }

  tunnelled(): void {
    this.#tunnels++;
    this.connect();
  }

  closed(connection: UpstreamConnection, connecting: boolean): void {
    this.discount(connection);
    this.#connections.delete(connection);
    if (connection.isTunnel) this.#tunnels--;
    if (connecting) {
      this.connecting--;
      this.#making.delete(connection);
      this.#hopeful.delete(connection);
      this.#failing = true;
    } else {
      const index = this.#idle.indexOf(connection);
      if (index >= 0) this.#idle.splice(index, 1);
    }
    this.budget.give(this);
    if (!connecting) this.#serveMore();
  }

  closeIdle(): boolean {
    const oldest = this.#idle[0];
    oldest?.destroy();
    return oldest !== undefined;
  }

  closeAllIdle(): void {
    for (const connection of [...this.#idle]) connection.destroy();
  }

  get connections(): number {
    return this.#connections.size;
  }

  protected cutAll(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }

  /**
   * Returns the request that the connection was opened for. If no earlier connection is left, it also returns requests
   * that wait for a connection that is not in use: all of them if none is established, and otherwise those that need a
   * fresh one.
   */
  protected forsaken(): readonly UpstreamHandler[] {
    const { first } = this.waiting;
    if (first === undefined) return [];
    if (this.#hopeful.size > 0) return [first];
    this.#beginAnew();
    const areAll = !this.#hasEstablished;
    return [...this.waiting.entries()].flatMap(([handler, fresh]) =>
      areAll || fresh || handler === first ? [handler] : [],
    );
  }

  #beginAnew(): void {
    this.#failing = false;
    this.#hopeful = new Set(this.#making);
  }

  get #hasEstablished(): boolean {
    return this.#connections.size - this.#tunnels > this.#making.size;
  }

  protected get wantsConnection(): boolean {
    return this.connecting < this.waiting.size && this.connecting < this.waiting.eligible(this.room());
  }

  protected get used(): number {
    return this.#connections.size - this.#tunnels - this.#idle.length - this.#making.size;
  }

  protected get capacity(): number {
    return this.limits.endpointConnections;
  }

  protected get isFull(): boolean {
    return this.#connections.size - this.#tunnels >= this.limits.endpointConnections;
  }

  protected open(): void {
    const connection = new UpstreamConnection(this);
    this.#connections.add(connection);
    this.#making.add(connection);
    if (!this.#failing) this.#hopeful.add(connection);
  }
}
