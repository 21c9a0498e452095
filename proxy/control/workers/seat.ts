/** Consecutive checks with a blocked event loop until that is reported, and until the thread is replaced. */
const hungLooks = 5;
const lostLooks = 15;
/** Consecutive checks after which a thread that does not start is replaced: a start may take long on a busy machine. */
const startLooks = 60;

/** Milliseconds before a short-lived thread is replaced: none the first time, then this, doubled each time. */
const firstBackoff = 100;
const longestBackoff = 10_000;
const longLife = 60_000;

/** Milliseconds for which a terminated thread may take to end. */
const endTimeout = 10_000;

/** An event of a thread. `why` is the error that ended or will end it. */
export type WorkerEvent =
  /** A thread was ended by an error, or will be replaced because of one. */
  | { readonly type: "crashed"; readonly why: Error }
  /** The event loop of a thread is blocked. */
  | { readonly type: "hung"; readonly seconds: number }
  /**
   * A thread does not end: it is in native code, or V8 cannot stop it. It keeps its share of the connections, and only
   * the end of the process helps.
   */
  | { readonly type: "stuck" }
  /** Another thread serves in place of one that crashed or hung. */
  | { readonly type: "replaced" }
  /** A promise was rejected without a handler; the thread continues. */
  | { readonly type: "rejection"; readonly why: Error }
  /** A thread could not load some filters; requests that need them are answered 500. */
  | { readonly type: "filtersNotLoaded"; readonly messages: readonly string[] }
  /** A thread could not bind a port on which other threads listen. */
  | { readonly type: "notBound"; readonly port: number; readonly message: string };

/** A thread, as its seat sees it. */
export interface SlotThread {
  /** Returns for how many consecutive checks the event loop has been blocked, and whether it has ever run. */
  look(): { readonly silent: number; readonly started: boolean };
  /** Ends the thread at once. */
  terminate(why: Error): void;
  /** Lets the thread finish its requests, and end. */
  drain(delayMs: number): Promise<void>;
}

export interface SeatHost<Thread extends SlotThread> {
  start(events: {
    /** The thread has had an uncaught exception. It continues until it is ended, and should be replaced. */
    onFault(thread: Thread, error: Error): void;
    /** @param error the cause; undefined if the thread was asked to end. */
    onExit(thread: Thread, error: Error | undefined): void;
  }): Thread;
  /** Makes a new thread enforce the current snapshot; rejects if the thread ends before. */
  bringUp(thread: Thread): Promise<void>;
  /** A thread has ended; its counters are kept. */
  gone(thread: Thread): void;
  tell(event: WorkerEvent): void;
  /** Two threads may listen on one port. */
  readonly sharesPorts: boolean;
  /** Milliseconds between calls of `look`. */
  readonly lookEvery: number;
}

/** A seat is one of the places in which a thread serves: when its thread fails, another takes over. */
export class WorkerSlot<Thread extends SlotThread> {
  readonly #host: SeatHost<Thread>;
  #serving: Thread | undefined;
  /** A thread that starts and will take over. */
  #coming: Thread | undefined;
  /** Threads that were replaced and still finish their requests. */
  readonly #leaving = new Set<Thread>();
  /** Threads whose crash has been reported. */
  readonly #told = new WeakSet<Thread>();
  #backoff: NodeJS.Timeout | undefined;
  #failures = 0;
  #startedAt = 0;
  #stopped = false;

  constructor(host: SeatHost<Thread>) {
    this.#host = host;
    this.#start();
  }

  /** The threads that have to enforce the current snapshot. */
  get threads(): Thread[] {
    return [this.#serving, this.#coming].filter((thread) => thread !== undefined);
  }

  /** All threads that are alive. */
  get alive(): Thread[] {
    return [...this.threads, ...this.#leaving];
  }

  get isServing(): boolean {
    return this.#serving !== undefined;
  }

  /** Stops replacing threads. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#backoff);
  }

  /** Checks whether the event loops run. */
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
      // A thread without a configuration must not stay. If it has ended, its exit has its own event.
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

  /**
   * Handles an uncaught exception. It may have left an operation incomplete, so the thread is replaced; its requests
   * under way may finish.
   */
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
