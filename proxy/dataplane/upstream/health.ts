import type { Deadlines, Waiter } from "../limits/deadlines.ts";

/** When the results of requests take an endpoint out of use (passive ejection). Times are milliseconds. */
export interface EjectionOptions {
  /**
   * Consecutive failures, without a response between them, after which an endpoint is ejected. A failure is a
   * connection that cannot be made or not in time, one that breaks before the head of a response is whole, a request
   * that is not answered in time, or a response that is not HTTP. 0 ejects none. Default: 5.
   */
  readonly failures: number;
  /** Time of the first ejection; it doubles with each further one in a row. Default: 10 s. */
  readonly baseTime: number;
  /** Longest time of an ejection. Default: 5 min. */
  readonly maxTime: number;
  /** Status codes that count as failures, such as 502 and 503. Default: none, since a response is a sign of life. */
  readonly statuses: readonly number[];
}

export const defaultEjection: EjectionOptions = { failures: 5, baseTime: 10_000, maxTime: 300_000, statuses: [] };

/** The part of an endpoint's pool that its health needs. */
export interface Probe {
  /** Opens a connection. `EndpointHealth.connected` or `failed` is called with the result. */
  probe(): void;
  /** Handles that the endpoint was ejected or came back into use. */
  healthChanged(): void;
}

/**
 * The health of one endpoint by the results of requests: in use, ejected, or on trial. When the time of an ejection is
 * over, a connection is opened. If that succeeds, the endpoint is on trial: it gets one request at a time. A response
 * ends the ejection, and a failure extends it. Results of earlier requests never end an ejection before its time.
 *
 * All backends of an endpoint share this state; each decides whether it leaves the ejected endpoint out (`Backend`).
 */
export class EndpointHealth implements Waiter {
  due = 0;
  slot = -1;
  /** Number of failures since the last response. */
  failures = 0;
  ejected = false;
  /** True while the endpoint is ejected but tried by one request at a time. */
  onTrial = false;
  /** Time of the ejection. It decides which of many ejected endpoints are left out. */
  since = 0;
  readonly #options: EjectionOptions;
  readonly #deadlines: Deadlines;
  readonly #probe: Probe;
  #probing = false;
  #repeats = 0;
  #time = 0;
  #returned = 0;
  #ended = false;

  constructor(options: EjectionOptions, deadlines: Deadlines, probe: Probe) {
    this.#options = options;
    this.#deadlines = deadlines;
    this.#probe = probe;
  }

  /** Starts the trial: a connection was opened, or could not be tried, and a request must show the rest. */
  connected(): void {
    if (!this.#probing) return;
    this.#probing = false;
    this.onTrial = true;
    this.#probe.healthChanged();
  }

  /** Counts a response. */
  responded(status: number): void {
    const { statuses } = this.#options;
    if (statuses.length > 0 && statuses.includes(status)) this.failed();
    else if (this.failures !== 0 || this.onTrial) this.#recover();
  }

  /** Counts a request or a connection that failed by the endpoint's fault. */
  failed(): void {
    this.failures++;
    const { failures } = this.#options;
    if (failures === 0 || this.#ended) return;
    if (this.ejected ? this.#probing || this.onTrial : this.failures >= failures) this.#eject();
  }

  /** Stops: snapshots no longer name the endpoint. */
  end(): void {
    this.#ended = true;
    this.#deadlines.remove(this);
  }

  /** Handles the end of the ejection's time. */
  onDeadline(): void {
    this.#probing = true;
    this.#probe.probe();
  }

  #recover(): void {
    this.failures = 0;
    if (!this.onTrial) return;
    this.onTrial = false;
    this.ejected = false;
    this.#returned = this.#deadlines.after(0);
    this.#probe.healthChanged();
  }

  /**
   * Ejects the endpoint. If it was well for as long as its last ejection, the time starts anew. Up to a quarter more by
   * chance spreads the returns.
   */
  #eject(): void {
    const { baseTime, maxTime } = this.#options;
    const now = this.#deadlines.after(0);
    const again = this.ejected || now - this.#returned < this.#time;
    this.#repeats = again ? this.#repeats + 1 : 0;
    this.#time = Math.min(maxTime, baseTime * 2 ** Math.min(this.#repeats, 32));
    if (!this.ejected) this.since = now;
    this.ejected = true;
    this.onTrial = false;
    this.#probing = false;
    this.#deadlines.set(this, Math.max(1, this.#time * (1 + Math.random() / 4)));
    this.#probe.healthChanged();
  }
}
