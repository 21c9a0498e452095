/** A channel with a response whose client does not read it. */
export interface PausedChannel {
  /**
   * Ends the response for the sake of requests that wait.
   *
   * @param elapsed milliseconds for which its client has read nothing.
   * @returns false if the client reads after all.
   */
  giveWay(elapsed: number): boolean;
}

/** The responses of one endpoint that wait for their clients to read. */
export class PausedResponses {
  /** Times since which channels wait, the earliest first. */
  readonly #since = new Map<PausedChannel, number>();

  add(channel: PausedChannel, now: number): void {
    this.#since.set(channel, now);
  }

  delete(channel: PausedChannel): void {
    this.#since.delete(channel);
  }

  /**
   * Ends responses that have waited for `period`, the longest first.
   *
   * @param most largest number to end.
   * @returns the number of ended responses.
   */
  end(most: number, now: number, period: number): number {
    let ended = 0;
    for (const [channel, since] of this.#since) {
      if (ended >= most || now - since < period) break;
      if (channel.giveWay(now - since)) ended++;
    }
    return ended;
  }
}
