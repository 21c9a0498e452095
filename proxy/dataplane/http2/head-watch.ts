import type { ServerHttp2Session } from "node:http2";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";

/** What is seen of a session. */
export type WatchedSession = Pick<ServerHttp2Session, "destroyed" | "state" | "ping">;

/**
 * Whether a client finishes the heads that it begins. Between HEADERS and the CONTINUATION that ends them no other frame
 * may come (RFC 9113 section 6.10), and Node.js tells of a request only behind the last.
 *
 * nghttp2 knows the number of a stream from its HEADERS on, so a number that nobody was told of is a head that goes on,
 * or a request that nghttp2 has refused. The answer to a PING tells which: it cannot come within a head. Requests cost
 * nothing but the note of their number: a session is looked at once in the time that a head has, which is therefore up
 * to twice as long.
 */
export class HeadWatch implements Waiter {
  due = 0;
  slot = -1;
  /** Of the last stream whose head is known to be whole. */
  whole = 0;
  readonly #session: WatchedSession;
  readonly #deadlines: Deadlines;
  readonly #timeout: number;
  readonly #overdue: () => void;
  /** The stream whose head is asked about; 0 for none. */
  #doubted = 0;

  /**
   * @param timeout milliseconds; 0 never looks.
   * @param overdue called once, for a head that has begun at least `timeout` ago.
   */
  constructor(session: WatchedSession, deadlines: Deadlines, timeout: number, overdue: () => void) {
    this.#session = session;
    this.#deadlines = deadlines;
    this.#timeout = timeout;
    this.#overdue = overdue;
    deadlines.set(this, timeout);
  }

  onDeadline(): void {
    if (this.#session.destroyed) return;
    if (this.#doubted > this.whole) {
      this.#overdue();
      return;
    }
    const begun = this.#session.state.lastProcStreamID ?? 0;
    this.#doubted = begun > this.whole && this.#session.ping(this.#onAnswer) ? begun : 0;
    this.#deadlines.set(this, this.#timeout);
  }

  /** No more is looked at. */
  stop(): void {
    this.#deadlines.remove(this);
  }

  /** Whatever had begun when the client answered is at its end. */
  readonly #onAnswer = (error: Error | null): void => {
    if (error === null && this.#doubted > this.whole) this.whole = this.#doubted;
  };
}
