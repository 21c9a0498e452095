import type { Deadlines, Waiter } from "../limits/deadlines.ts";

/** When an endpoint is taken out of use for what it did to requests (passive ejection). Times are milliseconds. */
export interface EjectionOptions {
  /**
   * Failures in a row, without a response between them, after which an endpoint is ejected. A failure is a connection
   * that cannot be made or not in time, one that breaks before the head of a response is whole, a request that is not
   * answered in time, a response that is not HTTP. 0 ejects none. Default: 5.
   */
  readonly failures: number;
  /** How long for the first time; twice that for the second time in a row, and so on. Default: 10 s. */
  readonly baseTime: number;
  /** The longest, however often it happens. Default: 5 min. */
  readonly maxTime: number;
  /** Statuses that count as failures, such as 502, 503 and 504. Default: none, since a response shows that it lives. */
  readonly statuses: readonly number[];
}

export const defaultEjection: EjectionOptions = { failures: 5, baseTime: 10_000, maxTime: 300_000, statuses: [] };

/** What an endpoint's health needs of the pool of its connections. */
export interface Probe {
  /** Makes a connection. `EndpointHealth.connected` or `failed` is called when it is known whether there is one. */
  probe(): void;
  /** The endpoint has been ejected, or is not any more. */
  healthChanged(): void;
}

/**
 * What requests have shown of one endpoint: in use, ejected, or on trial. When the time of an ejection is over, a
 * connection is made; if that succeeds, the endpoint is on trial: it gets one request at a time, whose response brings
 * it back, and whose failure ejects it for longer. Nothing that earlier requests bring ends an ejection before its time.
 *
 * Whether an ejected endpoint is left out is for each backend to say (`Backend`): all of them share this state.
 */
export class EndpointHealth implements Waiter {
  due = 0;
  slot = -1;
  /** Failures since the last response. */
  failures = 0;
  ejected = false;
  /** Ejected, but to be tried by one request at a time. */
  onTrial = false;
  /** When it was ejected: what tells which of many ejected endpoints are left out. */
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

  /** A connection has been made, or cannot be tried: what the endpoint is good for is for a request to show. */
  connected(): void {
    if (!this.#probing) return;
    this.#probing = false;
    this.onTrial = true;
    this.#probe.healthChanged();
  }

  /** A response has come. */
  responded(status: number): void {
    const { statuses } = this.#options;
    if (statuses.length > 0 && statuses.includes(status)) this.failed();
    else if (this.failures !== 0 || this.onTrial) this.#recover();
  }

  /** A request has come to nothing by the endpoint's fault, or a connection to it has. */
  failed(): void {
    this.failures++;
    const { failures } = this.#options;
    if (failures === 0 || this.#ended) return;
    if (this.ejected ? this.#probing || this.onTrial : this.failures >= failures) this.#eject();
  }

  /** The endpoint is named no more. */
  end(): void {
    this.#ended = true;
    this.#deadlines.remove(this);
  }

  /** The time of the ejection is over. */
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

  /** Who was well for as long as it had been out begins anew. Up to a quarter more by chance spreads the returns. */
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
