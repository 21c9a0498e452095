/** Milliseconds for which proxies of a programmed Gateway may lag behind before the condition Programmed changes. */
const settlingTime = 5_000;

/**
 * Tracks whether a programmed Gateway is about to be programmed again: a change has just been sent, a proxy has just
 * connected, or all proxies reconnect. That takes milliseconds, and a condition that flickered meanwhile would be
 * useless.
 */
export class Settling {
  readonly #recheck: () => void;
  readonly #programmed = new Set<string>();
  /** Since when each Gateway has lagged behind. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param recheck called when the time of a Gateway that lags behind is over. */
  constructor(recheck: () => void) {
    this.#recheck = recheck;
  }

  /** @param isBehind some part of the Gateway is not, or is not known to be, in its wanted state. */
  observe(gateway: string, isBehind: boolean): void {
    if (!isBehind) this.#since.delete(gateway);
    else if (!this.#since.has(gateway)) this.#since.set(gateway, performance.now());
  }

  /** Notes the current status of the Gateway's condition Programmed. */
  decided(gateway: string, isProgrammed: boolean): void {
    if (isProgrammed) this.#programmed.add(gateway);
    else this.#programmed.delete(gateway);
  }

  isSettling(gateway: string): boolean {
    const since = this.#since.get(gateway);
    if (since === undefined || !this.#programmed.has(gateway)) return false;
    const rest = since + settlingTime - performance.now();
    if (rest <= 0) return false;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#recheck();
    }, rest + 100);
    this.#timer.unref();
    return true;
  }

  forget(gateway: string): void {
    this.#since.delete(gateway);
    this.#programmed.delete(gateway);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
