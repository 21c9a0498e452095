import type { ServerHttp2Session } from "node:http2";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";

/** The parts of a session that are watched. */
export type WatchedSession = Pick<ServerHttp2Session, "destroyed" | "state" | "ping">;

/**
 * Detects clients that do not finish the heads that they begin. Between HEADERS and the CONTINUATION that ends them no
 * other frame may come (RFC 9113 section 6.10), and Node.js reports a request only after the last one.
 *
 * nghttp2 knows the number of a stream from its HEADERS on. So a number that was not reported is an unfinished head, or
 * a request that nghttp2 has refused. The response to a PING tells which: it cannot arrive within a head. Requests cost
 * nothing but a note of their number: a session is checked once in the time that a head has, which is therefore up to
 * twice as long.
 */
export class HeadWatch implements Waiter {
  due = 0;
  slot = -1;
  /** The last stream whose head is known to be complete. */
  whole = 0;
  readonly #session: WatchedSession;
  readonly #deadlines: Deadlines;
  readonly #timeout: number;
  readonly #overdue: () => void;
  /** The stream whose head is being checked; 0 for none. */
  #doubted = 0;

  /**
   * @param timeout milliseconds; 0 disables the check.
   * @param overdue called once, for a head that began at least `timeout` ago.
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

  /** Stops the check. */
  stop(): void {
    this.#deadlines.remove(this);
  }

  /** Every head that had begun when the client responded is complete. */
  readonly #onAnswer = (error: Error | null): void => {
    if (error === null && this.#doubted > this.whole) this.whole = this.#doubted;
  };
}
