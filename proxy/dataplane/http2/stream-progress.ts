import type { ServerHttp2Stream } from "node:http2";
import type { Limits } from "../limits/limits.ts";

/** The connection of a stream, as far as it shows whether its client reads. */
export interface ProgressOwner {
  readonly bytesWritten: number;
  readonly requestCount: number;
}

/**
 * Detects whether a client reads its response. Node.js reports the waiting data of a stream only in steps of a write
 * (about 64 KiB), which may take minutes on a slow line with many streams. So progress on the connection counts too,
 * but not forever: otherwise a client could hold a stream by reading another.
 */
export class StreamProgress {
  readonly #stream: ServerHttp2Stream;
  readonly #connection: ProgressOwner;
  #waiting = 0;
  #written = 0;
  /** Bytes that the connection had written when the stream began to wait. */
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
   * Returns whether the stream's equal part of the connection's throughput reaches the rate required of clients that
   * are in the way of others. A stream without any progress is given three periods.
   */
  sharesRate(elapsed: number, { contendedBodyRate, bodyRatePeriod }: Limits): boolean {
    if (elapsed >= 3 * bodyRatePeriod) return false;
    const written = this.#connection.bytesWritten - this.#before;
    return (written * 1_000) / elapsed / Math.max(1, this.#connection.requestCount) >= contendedBodyRate;
  }

  /** True if the client has stalled. It must be read once per timeout. */
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

/** Number of timeouts for which progress on the connection counts without progress on the stream. */
const patience = 10;
