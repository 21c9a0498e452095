import { type Destination, openDestination } from "./destination.ts";

export interface SinkStats {
  written: number;
  dropped: number;
}

/** Lines of visible ASCII, and their number. */
interface Chunk {
  text: string;
  lines: number;
}

/** Milliseconds for which a line waits for others, and from a failure to the next attempt. */
const gathering = 100;
const afterFailure = 1_000;
/** Milliseconds for which `close` waits for a reader. */
const farewell = 1_000;

/**
 * Writes lines to a file, a pipe or a terminal, and never blocks the event loop. The data that waits for a slow reader
 * is limited; further lines are dropped and counted.
 */
export class LineSink {
  readonly #destination: Destination;
  readonly #mostWaiting: number;
  readonly #stats: SinkStats;
  #waiting: Chunk[] = [];
  /** Number of bytes in `#waiting` and in the chunk that is being written. */
  #bytes = 0;
  #writing = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void) | undefined;

  /** @throws Error if the destination cannot be opened. */
  constructor(to: string | number, mostWaiting: number, stats: SinkStats) {
    this.#destination = openDestination(to);
    this.#mostWaiting = mostWaiting;
    this.#stats = stats;
  }

  /** @param line a line of visible ASCII, including its line end. */
  write(line: string): void {
    if (this.#closed || this.#bytes + line.length > this.#mostWaiting) {
      this.#stats.dropped++;
      return;
    }
    this.#bytes += line.length;
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.text.length + line.length <= this.#destination.longestChunk) {
      last.text += line;
      last.lines++;
    } else this.#waiting.push({ text: line, lines: 1 });
    if (this.#writing) return;
    if (this.#waiting.length > 1) this.#next();
    else this.#wait(gathering);
  }

  #wait(time: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#next(), time);
    this.#timer.unref();
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing) return;
    const chunk = this.#waiting.shift();
    if (chunk === undefined) {
      this.#whenEmpty?.();
      return;
    }
    this.#writing = true;
    this.#destination.write(chunk.text, (error) => this.#written(chunk, error));
  }

  #written(chunk: Chunk, error: Error | undefined): void {
    this.#writing = false;
    this.#bytes -= chunk.text.length;
    if (error === undefined) {
      this.#stats.written += chunk.lines;
      // Synchronous destinations would otherwise cause deep recursion.
      if (this.#waiting.length > 1 || this.#whenEmpty !== undefined) setImmediate(() => this.#next());
      else if (this.#waiting.length === 1) this.#wait(gathering);
      return;
    }
    this.#stats.dropped += chunk.lines;
    if (this.#whenEmpty === undefined) this.#wait(afterFailure);
    else this.#next();
  }

  /** Writes the waiting lines, unless the reader does not read. */
  async close(): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      late = setTimeout(resolve, farewell);
      this.#next();
    });
    this.#closed = true;
    clearTimeout(late);
    clearTimeout(this.#timer);
    for (const { lines } of this.#waiting) this.#stats.dropped += lines;
    this.#waiting = [];
    this.#destination.close();
  }
}
