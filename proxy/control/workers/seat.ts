/** Looks in a row that find nothing turning: then it is told, and then the thread is replaced. */
const hungLooks = 5;
const lostLooks = 15;
/** The same for a thread that starts, which may take long on a busy machine. */
const startLooks = 60;

/** Waits before a thread that did not live long is replaced: none, then this, doubled each time. Milliseconds. */
const firstBackoff = 100;
const longestBackoff = 10_000;
const longLife = 60_000;

/** How long a thread may take to end that was not asked whether it wants to. Milliseconds. */
const endTimeout = 10_000;

/** What happens to threads. `why` is what ended or will end them. */
export type WorkerEvent =
  /** A thread was ended by an error, or is to be replaced because of one. */
  | { readonly type: "crashed"; readonly why: Error }
  /** The event loop of a thread does not turn. */
  | { readonly type: "hung"; readonly seconds: number }
  /**
   * A thread cannot be ended: it is in native code, or V8 cannot stop it. It still has its part of the connections, and
   * nothing but the end of the process helps.
   */
  | { readonly type: "stuck" }
  /** Another thread serves in the place of one that crashed or hung. */
  | { readonly type: "replaced" }
  /** Nothing waited for a promise that failed; the thread serves on. */
  | { readonly type: "rejection"; readonly why: Error }
  /** Filters that a thread could not load; their requests are answered 500. */
  | { readonly type: "filtersNotLoaded"; readonly messages: readonly string[] }
  /** A port that other threads listen on could not be bound by one. */
  | { readonly type: "notBound"; readonly port: number; readonly message: string };

/** A thread, as far as its seat has to do with it. */
export interface SeatThread {
  /** How many looks in a row have found the event loop not turning, and whether it has ever turned. */
  look(): { readonly silent: number; readonly started: boolean };
  /** Ends it at once. */
  terminate(why: Error): void;
  /** Lets it finish what it has, and end. */
  drain(delayMs: number): Promise<void>;
}

export interface SeatHost<Thread extends SeatThread> {
  start(events: {
    /** Nothing caught this: the thread goes on until it is ended, and should be replaced. */
    onFault(thread: Thread, error: Error): void;
    /** @param error why; undefined if it was told to. */
    onExit(thread: Thread, error: Error | undefined): void;
  }): Thread;
  /** Lets a new thread enforce what the others do; rejects if it ends before. */
  bringUp(thread: Thread): Promise<void>;
  /** A thread is gone; its counters are kept. */
  gone(thread: Thread): void;
  tell(event: WorkerEvent): void;
  /** Two threads may listen on one port. */
  readonly sharesPorts: boolean;
  /** How often `look` is called, in milliseconds. */
  readonly lookEvery: number;
}

/** One of the places that threads serve in: when its thread fails, another takes over. */
export class Seat<Thread extends SeatThread> {
  readonly #host: SeatHost<Thread>;
  #serving: Thread | undefined;
  /** Starts, to take over. */
  #coming: Thread | undefined;
  /** Were replaced while they could still finish what they had. */
  readonly #leaving = new Set<Thread>();
  /** Threads whose end has been told already. */
  readonly #told = new WeakSet<Thread>();
  #backoff: NodeJS.Timeout | undefined;
  #failures = 0;
  #startedAt = 0;
  #stopped = false;

  constructor(host: SeatHost<Thread>) {
    this.#host = host;
    this.#start();
  }

  /** The threads that are to enforce what is in force. */
  get threads(): Thread[] {
    return [this.#serving, this.#coming].filter((thread) => thread !== undefined);
  }

  /** All that are alive. */
  get alive(): Thread[] {
    return [...this.threads, ...this.#leaving];
  }

  get isServing(): boolean {
    return this.#serving !== undefined;
  }

  /** From now on nothing is replaced any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#backoff);
  }

  /** Looks whether the event loops turn. */
  look(): void {
    const { lookEvery } = this.#host;
    for (const thread of this.alive) {
      const { silent, started } = thread.look();
      if (started && silent === hungLooks) this.#host.tell({ type: "hung", seconds: (silent * lookEvery) / 1_000 });
      const most = started ? lostLooks : startLooks;
      if (silent !== most) continue;
      const what = started ? "has not answered" : "has not started";
      this.#terminate(thread, new Error(`the thread ${what} for ${(silent * lookEvery) / 1_000} s`));
    }
  }

  #start(): void {
    this.#backoff = undefined;
    this.#startedAt = performance.now();
    const thread = this.#host.start({
      onFault: (faulty, error) => this.#fault(faulty, error),
      onExit: (gone, error) => this.#exit(gone, error),
    });
    this.#coming = thread;
    this.#host.bringUp(thread).then(
      () => this.#takeOver(thread),
      // Unless it has ended, which is told by itself, it must not stay without a configuration.
      (error: Error) => this.#terminate(thread, error),
    );
  }

  #takeOver(thread: Thread): void {
    if (this.#coming !== thread) return;
    const before = this.#serving;
    this.#coming = undefined;
    this.#serving = thread;
    if (this.#failures > 0) this.#host.tell({ type: "replaced" });
    if (before === undefined) return;
    this.#leaving.add(before);
    void before.drain(0);
  }

  /** What threw may have left something half done, so the thread does not stay; what it has under way need not fail. */
  #fault(thread: Thread, error: Error): void {
    if (this.#told.has(thread)) return;
    this.#tellCrash(thread, error);
    if (thread !== this.#serving || !this.#host.sharesPorts) this.#terminate(thread, error);
    else this.#replace();
  }

  #terminate(thread: Thread, why: Error): void {
    thread.terminate(why);
    const late = setTimeout(() => {
      if (this.alive.includes(thread)) this.#host.tell({ type: "stuck" });
    }, endTimeout);
    late.unref();
  }

  #exit(thread: Thread, error: Error | undefined): void {
    this.#host.gone(thread);
    this.#leaving.delete(thread);
    const wasNeeded = thread === this.#serving || thread === this.#coming;
    if (thread === this.#serving) this.#serving = undefined;
    if (thread === this.#coming) this.#coming = undefined;
    if (!wasNeeded || this.#stopped) return;
    this.#tellCrash(thread, error ?? new Error("the thread ended by itself"));
    this.#replace();
  }

  #tellCrash(thread: Thread, why: Error): void {
    if (this.#told.has(thread)) return;
    this.#told.add(thread);
    this.#host.tell({ type: "crashed", why });
  }

  #replace(): void {
    if (this.#stopped || this.#coming !== undefined || this.#backoff !== undefined) return;
    if (performance.now() - this.#startedAt > longLife) this.#failures = 0;
    const wait = this.#failures === 0 ? 0 : Math.min(longestBackoff, firstBackoff * 2 ** (this.#failures - 1));
    this.#failures++;
    this.#backoff = setTimeout(() => this.#start(), wait);
  }
}
