import type { ServerHttp2Stream } from "node:http2";
import type { Limits } from "../limits/limits.ts";

/** The connection that a stream belongs to, as far as it tells whether its client reads. */
export interface ProgressOwner {
  readonly bytesWritten: number;
  readonly requestCount: number;
}

/**
 * Whether a client takes what is ready for it. Node.js tells how much of a stream waits only in steps of a write (64 KiB
 * or so), for which a slow line that many streams share may need minutes; so what moves on the connection counts as
 * well, but not for ever: else a client could keep a stream by reading another.
 */
export class StreamProgress {
  readonly #stream: ServerHttp2Stream;
  readonly #connection: ProgressOwner;
  #waiting = 0;
  #written = 0;
  /** What the connection had written when the stream began to wait. */
  #before = 0;
  #patience = 0;

  constructor(stream: ServerHttp2Stream, connection: ProgressOwner) {
    this.#stream = stream;
    this.#connection = connection;
  }

  watch(): void {
    this.#waiting = this.#stream.bufferSize;
    this.#written = this.#connection.bytesWritten;
    this.#before = this.#written;
    this.#patience = patience;
  }

  /**
   * Whether the stream's equal part of what moves on the connection is what is asked of clients that are in the way of
   * others. A stream of which nothing moves is believed for three periods.
   */
  sharesRate(elapsed: number, { contendedBodyRate, bodyRatePeriod }: Limits): boolean {
    if (elapsed >= 3 * bodyRatePeriod) return false;
    const written = this.#connection.bytesWritten - this.#before;
    return (written * 1_000) / elapsed / Math.max(1, this.#connection.requestCount) >= contendedBodyRate;
  }

  /** Asked once for each time that the client is given. */
  get stalled(): boolean {
    const { bufferSize } = this.#stream;
    const { bytesWritten } = this.#connection;
    const moved = bufferSize < this.#waiting;
    if (moved) this.#patience = patience;
    else if (bytesWritten === this.#written || --this.#patience === 0) return true;
    this.#waiting = bufferSize;
    this.#written = bytesWritten;
    return false;
  }
}

/** How many times the connection may move for nothing on the stream. */
const patience = 10;
