import type { WorkerEvents, WorkerHandle } from "./worker-handle.ts";

/** Looks at the event loops, this often, in milliseconds. */
export const lookEvery = 1_000;

/** Looks in a row that find nothing turning: then it is told, and then the thread is replaced. */
const hungLooks = 5;
const lostLooks = 15;
/** The same for a thread that starts, which may take long on a busy machine. */
const startLooks = 60;

/** Waits before a thread that did not live long is replaced: none, then this, doubled each time. Milliseconds. */
const firstBackoff = 100;
const longestBackoff = 10_000;
const longLife = 60_000;

/** What happens to threads. `why` is what ended or will end them. */
export type WorkerEvent =
  /** A thread was ended by an error, or is to be replaced because of one. */
  | { readonly type: "crashed"; readonly why: Error }
  /** The event loop of a thread does not turn. */
  | { readonly type: "hung"; readonly seconds: number }
  /** Another thread serves in the place of one that crashed or hung. */
  | { readonly type: "replaced" }
  /** Nothing waited for a promise that failed; the thread serves on. */
  | { readonly type: "rejection"; readonly why: Error }
  /** Filters that a thread could not load; their requests are answered 500. */
  | { readonly type: "filtersNotLoaded"; readonly messages: readonly string[] }
  /** A port that other threads listen on could not be bound by one. */
  | { readonly type: "notBound"; readonly port: number; readonly message: string };

export interface SeatHost {
  start(events: Pick<WorkerEvents, "onFault" | "onExit">): WorkerHandle;
  /** Lets a new thread enforce what the others do; rejects if it ends before. */
  bringUp(thread: WorkerHandle): Promise<void>;
  /** A thread is gone; its counters are kept. */
  gone(thread: WorkerHandle): void;
  tell(event: WorkerEvent): void;
  /** Two threads may listen on one port. */
  readonly sharesPorts: boolean;
}

/** One of the places that threads serve in: when its thread fails, another takes over. */
export class Seat {
  readonly #host: SeatHost;
  #serving: WorkerHandle | undefined;
  /** Starts, to take over. */
  #coming: WorkerHandle | undefined;
  /** Were replaced while they could still finish what they had. */
  readonly #leaving = new Set<WorkerHandle>();
  /** Threads whose end has been told already. */
  readonly #told = new WeakSet<WorkerHandle>();
  #backoff: NodeJS.Timeout | undefined;
  #failures = 0;
  #startedAt = 0;
  #stopped = false;

  constructor(host: SeatHost) {
    this.#host = host;
    this.#start();
  }

  /** The threads that are to enforce what is in force. */
  get threads(): WorkerHandle[] {
    return [this.#serving, this.#coming].filter((thread) => thread !== undefined);
  }

  /** All that are alive. */
  get alive(): WorkerHandle[] {
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

  /** Looks whether the event loops turn; to be called every `lookEvery`. */
  look(): void {
    for (const thread of this.alive) {
      const { silent, started } = thread.look();
      if (started && silent === hungLooks) this.#host.tell({ type: "hung", seconds: (silent * lookEvery) / 1_000 });
      const most = started ? lostLooks : startLooks;
      if (silent !== most) continue;
      const what = started ? "has not answered" : "has not started";
      thread.terminate(new Error(`the thread ${what} for ${(silent * lookEvery) / 1_000} s`));
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
      (error: Error) => thread.terminate(error),
    );
  }

  #takeOver(thread: WorkerHandle): void {
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
  #fault(thread: WorkerHandle, error: Error): void {
    if (this.#told.has(thread)) return;
    this.#tellCrash(thread, error);
    if (thread !== this.#serving || !this.#host.sharesPorts) thread.terminate(error);
    else this.#replace();
  }

  #exit(thread: WorkerHandle, error: Error | undefined): void {
    this.#host.gone(thread);
    this.#leaving.delete(thread);
    const wasNeeded = thread === this.#serving || thread === this.#coming;
    if (thread === this.#serving) this.#serving = undefined;
    if (thread === this.#coming) this.#coming = undefined;
    if (!wasNeeded || this.#stopped) return;
    this.#tellCrash(thread, error ?? new Error("the thread ended by itself"));
    this.#replace();
  }

  #tellCrash(thread: WorkerHandle, why: Error): void {
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
