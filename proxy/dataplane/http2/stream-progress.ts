import type { ServerHttp2Stream } from "node:http2";

/**
 * Whether a client takes what is ready for it. Node.js tells how much of a stream waits only in steps of a write (64 KiB
 * or so), for which a slow line that many streams share may need minutes; so what moves on the connection counts as
 * well, but not for ever: else a client could keep a stream by reading another.
 */
export class StreamProgress {
  readonly #stream: ServerHttp2Stream;
  readonly #connection: { readonly bytesWritten: number };
  #waiting = 0;
  #written = 0;
  #patience = 0;

  constructor(stream: ServerHttp2Stream, connection: { readonly bytesWritten: number }) {
    this.#stream = stream;
    this.#connection = connection;
  }

  watch(): void {
    this.#waiting = this.#stream.bufferSize;
    this.#written = this.#connection.bytesWritten;
    this.#patience = patience;
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
