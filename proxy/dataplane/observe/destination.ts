import { close, constants, fstatSync, openSync, stat, write } from "node:fs";
import { Socket } from "node:net";

/** A destination of chunks of complete lines, which are written one after another. */
export interface Destination {
  /** Maximum length of a chunk that is written atomically, so that chunks of several threads do not mix. */
  readonly longestChunk: number;
  /** Writes a chunk. `done` is called once, synchronously or later. */
  write(chunk: string, done: (error?: Error) => void): void;
  close(): void;
}

/**
 * Opens a destination.
 *
 * @param to a file, or an open descriptor, which stays open.
 * @throws Error if it cannot be opened.
 */
export function openDestination(to: string | number): Destination {
  const descriptor = typeof to === "string" ? openSync(to, appending, 0o640) : to;
  const kind = fstatSync(descriptor);
  if (kind.isFIFO()) return new StreamDestination(unblocked(descriptor, typeof to === "string"));
  if (kind.isSocket()) return new StreamDestination(descriptor);
  return new FileDestination(descriptor, typeof to === "string" ? to : undefined);
}

const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Returns a non-blocking descriptor of a pipe. The mode belongs to the open file, which other threads and processes
 * share. Linux can open the pipe again for us alone; elsewhere the descriptor is used as it is.
 */
function unblocked(descriptor: number, own: boolean): number {
  if (own) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return descriptor;
  }
}

/**
 * A pipe or a socket, whose reader may be slow. The event loop waits for it rather than a thread of the pool: those are
 * few and shared by all workers. Up to PIPE_BUF bytes are written to a pipe completely or not at all (POSIX `write`).
 */
class StreamDestination implements Destination {
  readonly longestChunk = 4 * 1024;
  readonly #socket: Socket;
  #done: ((error?: Error) => void) | undefined;
  #error: Error | undefined;

  constructor(descriptor: number) {
    this.#socket = new Socket({ fd: descriptor, readable: false, writable: true });
    this.#socket.unref();
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the reader of the log is gone")));
  }

  write(chunk: string, done: (error?: Error) => void): void {
    if (this.#error !== undefined) {
      done(this.#error);
      return;
    }
    this.#done = done;
    this.#socket.write(chunk, "latin1", (error) => this.#settle(error ?? undefined));
  }

  #settle(error: Error | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }

  #end(error: Error): void {
    this.#error ??= error;
    this.#settle(error);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Milliseconds between two checks that a file is still at its path. */
const lookout = 1_000;

/**
 * A file, or a terminal. Files do not block writers, so the thread pool of Node.js writes them. A file that log
 * rotation has moved is opened again within seconds.
 */
class FileDestination implements Destination {
  readonly longestChunk = 64 * 1024;
  readonly #path: string | undefined;
  #descriptor: number;
  #looked = performance.now();
  /** The last chunk was written only in part. */
  #torn = false;

  constructor(descriptor: number, path: string | undefined) {
    this.#descriptor = descriptor;
    this.#path = path;
  }

  write(chunk: string, done: (error?: Error) => void): void {
    const now = performance.now();
    if (this.#path === undefined || now - this.#looked < lookout) this.#write(chunk, done);
    else {
      this.#looked = now;
      this.#look(this.#path, () => this.#write(chunk, done));
    }
  }

  /** Opens the file again if it is no longer at its path. */
  #look(path: string, done: () => void): void {
    stat(path, (error, there) => {
      try {
        const own = fstatSync(this.#descriptor);
        if (error !== null || there.ino !== own.ino || there.dev !== own.dev) this.#reopen(path);
      } catch {
        // The file cannot be created now, so the old one stays in use.
      }
      done();
    });
  }

  #reopen(path: string): void {
    const opened = openSync(path, appending, 0o640);
    close(this.#descriptor, () => {});
    this.#descriptor = opened;
    this.#torn = false;
  }

  #write(chunk: string, done: (error?: Error) => void): void {
    // A torn line ends before the next one begins.
    const bytes = Buffer.from(this.#torn ? `\n${chunk}` : chunk, "latin1");
    this.#writeFrom(bytes, 0, done);
  }

  #writeFrom(bytes: Buffer, at: number, done: (error?: Error) => void): void {
    write(this.#descriptor, bytes, at, bytes.length - at, null, (error, length) => {
      if (error !== null) {
        this.#torn ||= at > 0;
        done(error);
      } else if (at + length < bytes.length) this.#writeFrom(bytes, at + length, done);
      else {
        this.#torn = false;
        done();
      }
    });
  }

  close(): void {
    if (this.#path !== undefined) close(this.#descriptor, () => {});
  }
}
