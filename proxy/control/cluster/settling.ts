/** For so long, in milliseconds, proxies of a Gateway that was programmed may be behind without counting as such. */
const settlingTime = 5_000;

/**
 * Whether a Gateway that was programmed is on its way to be so again: a change has just been sent, a proxy has just
 * connected, or all of them connect again. That takes milliseconds, and a condition that flickers for it is worth nothing.
 */
export class Settling {
  readonly #recheck: () => void;
  readonly #programmed = new Set<string>();
  /** Since when each Gateway is behind. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param recheck is called when the time of a Gateway that is behind is over. */
  constructor(recheck: () => void) {
    this.#recheck = recheck;
  }

  /** @param isBehind something of the Gateway is not as it is to be, or not known to be. */
  observe(gateway: string, isBehind: boolean): void {
    if (!isBehind) this.#since.delete(gateway);
    else if (!this.#since.has(gateway)) this.#since.set(gateway, performance.now());
  }

  /** What its condition Programmed says now. */
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
