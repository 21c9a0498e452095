import type { Socket } from "node:net";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { BackendStats, TunnelStats } from "../stats/stats.ts";
import type { Outlet } from "./sockets.ts";

/**
 * Two connections that have left HTTP behind (RFC 9110 section 7.8): what comes from one is written to the other, no
 * faster than the other takes it. An end is passed on as an end, since the other direction may still have much to say.
 * A side that fails ends the other one behind what was read from it.
 */
export class Tunnel implements Waiter {
  due = 0;
  slot = -1;
  readonly client: TunnelSide;
  readonly backend: TunnelSide;
  readonly #deadlines: Deadlines;
  readonly #idleTimeout: number;
  readonly #counters: readonly TunnelStats[];

  /** @param idleTimeout without a byte in either direction, after which both sides are cut. Milliseconds, 0 for none. */
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

  /** Bytes came from a side. */
  carried(side: TunnelSide, bytes: number): void {
    this.moved();
    for (const counter of this.#counters) {
      if (side === this.client) counter.received += bytes;
      else counter.sent += bytes;
    }
  }

  /** Bytes came, or were taken. */
  moved(): void {
    this.#deadlines.set(this, this.#idleTimeout);
  }

  onDeadline(): void {
    this.client.destroy();
    this.backend.destroy();
  }

  /** One side is gone. */
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

/** One connection of a tunnel. Whoever reads from it hands over its bytes. */
export class TunnelSide {
  closed = false;
  /** Bytes that came from it. */
  received = 0;
  readonly #tunnel: Tunnel;
  #socket: Socket | undefined;
  #out: Outlet | undefined;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  /** Takes a connection over, with what waits in `out`. Both sides must be open before either is read from. */
  open(socket: Socket, out: Outlet): void {
    this.#socket = socket;
    this.#out = out;
    socket.allowHalfOpen = true;
    socket.on("drain", () => this.#onDrain());
    socket.on("end", () => this.onEnd());
    socket.on("close", () => this.#onClose());
    out.flush();
  }

  /** Bytes that came from this side. */
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

  /** This side has said all it will. */
  onEnd(): void {
    this.#tunnel.opposite(this).end();
  }

  /** Nothing more is written to this side. */
  end(): void {
    this.#socket?.end();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Bytes that the other side has not taken yet. */
  get heldBytes(): number {
    return this.#tunnel.opposite(this).#socket?.writableLength ?? 0;
  }

  /** Cuts both sides, whatever waits to be taken. */
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
