import type { Socket } from "node:net";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { BackendStats, TunnelStats } from "../stats/stats.ts";
import type { Outlet } from "./sockets.ts";

/**
 * Two connections that have switched from HTTP to another protocol (RFC 9110 section 7.8). Bytes from one are written
 * to the other, no faster than the other takes them. An end is passed on as an end, since the other direction may still
 * have much to send. If a side fails, the other one ends after the bytes that were read from the failed side.
 */
export class Tunnel implements Waiter {
  due = 0;
  slot = -1;
  readonly client: TunnelSide;
  readonly backend: TunnelSide;
  readonly #deadlines: Deadlines;
  readonly #idleTimeout: number;
  readonly #counters: readonly TunnelStats[];

  /** @param idleTimeout milliseconds without a byte in either direction until both sides are cut; 0 for none. */
  constructor(deadlines: Deadlines, idleTimeout: number, stats: TunnelStats, backend: BackendStats) {
    this.#deadlines = deadlines;
    this.#idleTimeout = idleTimeout;
    this.#counters = [stats, backend.tunnels];
    this.client = new TunnelSide(this);
    this.backend = new TunnelSide(this);
    for (const counter of this.#counters) {
      counter.opened++;
      counter.active++;
    }
    this.moved();
  }

  opposite(side: TunnelSide): TunnelSide {
    return side === this.client ? this.backend : this.client;
  }

  /** Counts bytes from a side. */
  carried(side: TunnelSide, bytes: number): void {
    this.moved();
    for (const counter of this.#counters) {
      if (side === this.client) counter.received += bytes;
      else counter.sent += bytes;
    }
  }

  /** Restarts the idle timeout: bytes came, or were taken. */
  moved(): void {
    this.#deadlines.set(this, this.#idleTimeout);
  }

  onDeadline(): void {
    this.client.destroy();
    this.backend.destroy();
  }

  /** Handles the close of one side. */
  closed(side: TunnelSide): void {
    const other = this.opposite(side);
    if (!other.closed) {
      other.finish();
      return;
    }
    this.#deadlines.remove(this);
    for (const counter of this.#counters) counter.active--;
  }
}

/** One connection of a tunnel. The reader of the connection hands over its bytes. */
export class TunnelSide {
  closed = false;
  /** Bytes received from this side. */
  received = 0;
  readonly #tunnel: Tunnel;
  #socket: Socket | undefined;
  #out: Outlet | undefined;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  /** Takes over a connection, with the bytes that wait in `out`. Both sides must be open before either is read from. */
  open(socket: Socket, out: Outlet): void {
    this.#socket = socket;
    this.#out = out;
    socket.allowHalfOpen = true;
    socket.on("drain", () => this.#onDrain());
    socket.on("end", () => this.onEnd());
    socket.on("close", () => this.#onClose());
    out.flush();
  }

  /** Passes bytes of this side on to the other. */
  read(bytes: Buffer, start: number, end: number): void {
    this.received += end - start;
    this.#tunnel.carried(this, end - start);
    if (this.#tunnel.opposite(this).write(bytes, start, end)) this.#socket?.pause();
  }

  /** @returns whether this side takes bytes more slowly than they come. */
  write(bytes: Buffer, start: number, end: number): boolean {
    const out = this.#out;
    if (out === undefined || this.closed) return false;
    out.bytes(bytes, start, end);
    out.flush();
    return out.blocked;
  }

  /** Handles the end of this side's bytes. */
  onEnd(): void {
    this.#tunnel.opposite(this).end();
  }

  /** Ends writing to this side. */
  end(): void {
    this.#socket?.end();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Bytes from this side that the other side has not taken yet. */
  get heldBytes(): number {
    return this.#tunnel.opposite(this).#socket?.writableLength ?? 0;
  }

  /** Cuts both sides, and drops the waiting bytes. */
  cut(): void {
    this.#tunnel.onDeadline();
  }

  /** Closes this side once it has taken what was written to it. */
  finish(): void {
    this.#socket?.destroySoon();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  #onDrain(): void {
    this.#tunnel.moved();
    this.#tunnel.opposite(this).resume();
  }

  #onClose(): void {
    this.closed = true;
    this.#tunnel.closed(this);
  }
}
