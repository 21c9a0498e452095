/** What carries a response whose client does not take what is ready for it. */
export interface PausedChannel {
  /**
   * Ends the response for the sake of requests that wait.
   *
   * @param elapsed milliseconds for which its client has taken nothing.
   * @returns false if the client reads after all.
   */
  giveWay(elapsed: number): boolean;
}

/** The responses of one endpoint that wait for their clients. */
export class PausedResponses {
  /** Since when, the longest first. */
  readonly #since = new Map<PausedChannel, number>();

  add(channel: PausedChannel, now: number): void {
    this.#since.set(channel, now);
  }

  delete(channel: PausedChannel): void {
    this.#since.delete(channel);
  }

  /**
   * Ends responses that have waited for as long as `period`, the longest first.
   *
   * @param most how many at the most.
   * @returns how many it ended.
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
