import { Worker } from "node:worker_threads";
import type { FilterFailure } from "../../dataplane/filters/registered-filters.ts";
import type { ProxyOptions } from "../../dataplane/proxy.ts";
import type { BoundSocket } from "../../dataplane/routing/snapshot.ts";
import type { Stats } from "../../dataplane/stats/stats.ts";
import { errorOf, type PostedSnapshot, type Report, type ThreadData, type WorkerRequest } from "./messages.ts";
import type { SlotThread } from "./seat.ts";

/**
 * Size of V8's young generation in megabytes. By default it could grow to 192 MiB in each thread. A proxy's objects are
 * few and short-lived: more makes it no faster.
 */
const youngMegabytes = 24;

/** Milliseconds for which a thread may take to apply a snapshot; then it is ended. */
const applyTimeout = 30_000;

export interface WorkerOptions {
  readonly options: ProxyOptions;
  /** Maximum size of V8's heap. The thread ends when it needs more. */
  readonly heapMegabytes: number;
}

/** Events of a thread. */
export interface WorkerEvents {
  onFilterFailure(failure: FilterFailure): void;
  onFiltersNotLoaded(messages: readonly string[]): void;
  onRejection(error: Error): void;
  /** The thread has had an uncaught exception. It continues until it is ended, and should be replaced. */
  onFault(thread: WorkerHandle, error: Error): void;
  /** @param error the cause; undefined if the thread had drained or was closed. */
  onExit(thread: WorkerHandle, error: Error | undefined): void;
}

type Question = WorkerRequest extends infer Each ? (Each extends WorkerRequest ? Omit<Each, "id"> : never) : never;

interface Waiting {
  readonly resolve: (report: Report) => void;
  readonly reject: (error: Error) => void;
}

/** A handle of one worker thread. Pending requests to it fail when it ends. */
export class WorkerHandle implements SlotThread {
  /** The thread's counters as it last reported them. */
  stats: Stats | undefined;
  readonly #worker: Worker;
  readonly #events: WorkerEvents;
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the thread has ended, for any reason. */
  readonly exited: Promise<void>;
  #next = 0;
  #why: Error | undefined;
  /** The thread was asked to end. */
  #ended = false;
  #gone = false;
  #lastBeats = 0;
  #silentLooks = 0;

  constructor({ options, heapMegabytes }: WorkerOptions, events: WorkerEvents) {
    this.#events = events;
    const data: ThreadData = { options, beats: this.#beats.buffer };
    this.#worker = new Worker(new URL(import.meta.resolve("#worker")), {
      workerData: data,
      name: "gatewright",
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
    });
    this.#worker.on("message", (report: Report) => this.#take(report));
    this.#worker.on("error", (error) => {
      this.#why ??= error;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        const error = this.#why ?? (this.#ended ? undefined : new Error(`the thread ended by itself, with ${code}`));
        this.#gone = true;
        for (const { reject } of this.#waiting.values()) reject(error ?? new Error("the thread has ended"));
        this.#waiting.clear();
        events.onExit(this, error);
        resolve();
      });
    });
  }

  /** Applies a snapshot and returns the state of its sockets; rejects if the thread ends before that. */
  async apply(snapshot: PostedSnapshot): Promise<readonly BoundSocket[]> {
    const late = setTimeout(() => {
      this.terminate(new Error(`the thread did not take a configuration in within ${applyTimeout / 1000} s`));
    }, applyTimeout);
    try {
      const report = await this.#ask({ type: "apply", snapshot });
      return report.type === "applied" ? report.sockets : [];
    } finally {
      clearTimeout(late);
    }
  }

  /** Updates `stats`, unless the thread ends. */
  async refresh(): Promise<void> {
    await this.#ask({ type: "report" }).catch(() => undefined);
  }

  /** Resolves when the thread has drained and ended. */
  async drain(delayMs: number): Promise<void> {
    await this.#end({ type: "drain", delayMs });
  }

  async close(): Promise<void> {
    await this.#end({ type: "close" });
  }

  /** Ends the thread at once, whatever it is doing. */
  terminate(why?: Error): void {
    if (why === undefined) this.#ended = true;
    else this.#why ??= why;
    void this.#worker.terminate();
  }

  look(): { readonly silent: number; readonly started: boolean } {
    const beats = Atomics.load(this.#beats, 0);
    this.#silentLooks = beats === this.#lastBeats ? this.#silentLooks + 1 : 0;
    this.#lastBeats = beats;
    return { silent: this.#silentLooks, started: beats > 0 };
  }

  async #end(question: Question): Promise<void> {
    this.#ended = true;
    await this.#ask(question).catch(() => undefined);
    void this.#worker.terminate();
    await this.exited;
  }

  #ask(question: Question): Promise<Report> {
    if (this.#gone) return Promise.reject(new Error("the thread has ended"));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id });
    });
  }

  #take(report: Report): void {
    if ("stats" in report) this.stats = report.stats;
    if ("id" in report) {
      const waiting = this.#waiting.get(report.id);
      this.#waiting.delete(report.id);
      if (report.type === "failed") waiting?.reject(errorOf(report.error));
      else waiting?.resolve(report);
    } else if (report.type === "filterFailed") {
      this.#events.onFilterFailure({ ...report, error: errorOf(report.error) });
    } else if (report.type === "filtersNotLoaded") this.#events.onFiltersNotLoaded(report.messages);
    else if (report.type === "rejection") this.#events.onRejection(errorOf(report.error));
    else this.#events.onFault(this, errorOf(report.error));
  }
}
