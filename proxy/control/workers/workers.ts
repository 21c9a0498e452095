import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { expectsHeader } from "../../dataplane/connection-preamble/trusted-senders.ts";
import { type DataPlane, filterFailureLine } from "../../dataplane/data-plane.ts";
import type { FilterFailure } from "../../dataplane/filters/registered-filters.ts";
import { completeLimits } from "../../dataplane/limits/complete-limits.ts";
import { defaultDrainTimeout, type ProxyOptions } from "../../dataplane/proxy.ts";
import { retainStats } from "../../dataplane/routing/gateway.ts";
import type { BoundSocket, Snapshot } from "../../dataplane/routing/snapshot.ts";
import { Stats } from "../../dataplane/stats/stats.ts";
import { addStats, clearGauges, clearStats } from "../../dataplane/stats/stats-sum.ts";
import { newTicketSecret, TicketKeys } from "../../dataplane/tls/ticket-keys.ts";
import { heapMegabytes } from "./heap.ts";
import type { PostedSnapshot } from "./messages.ts";
import { type SeatHost, type WorkerEvent, WorkerSlot } from "./seat.ts";
import { canSharePorts, keyOf, SharedPorts } from "./shared-ports.ts";
import { shareOf } from "./shares.ts";
import { TurnPlaces } from "./turn-places.ts";
import { type WorkerEvents, WorkerHandle, type WorkerOptions } from "./worker-handle.ts";

/** Milliseconds between two reads of the threads' counters. A thread that dies loses what it has counted since. */
const refreshEvery = 10_000;
/** Milliseconds to wait for counters: a thread that hangs has reported its counters before. */
const refreshTimeout = 1_000;
/** Milliseconds for which a thread may take to end, beyond the time that it is given. */
const endTimeout = 5_000;
/** Milliseconds to wait for a thread if all have crashed. */
const threadTimeout = 30_000;

/** When a thread counts as failed. */
export interface WatchOptions {
  /**
   * Milliseconds between two checks of the event loops. A thread whose event loop is blocked for five checks is
   * reported, and for fifteen it is replaced. Default: 1 s.
   */
  readonly lookEvery?: number;
  /** Maximum megabytes of each thread's heap. Default: an equal part of the memory, at most 4 GiB. */
  readonly heapMegabytes?: number;
}

/**
 * The data plane in worker threads. Each thread has a proxy of its own. All listen on the same ports, and the system
 * distributes connections over them. Splits are exact over all threads. A thread that fails is replaced, while the
 * others serve.
 */
export class Workers implements DataPlane {
  readonly stats: Stats = new Stats();
  onFilterFailure: (failure: FilterFailure) => void = (failure) => process.stderr.write(filterFailureLine(failure));
  /** Called for each event of a thread. Default: does nothing. */
  onWorkerEvent: (event: WorkerEvent) => void = () => {};
  readonly #seats: readonly WorkerSlot<WorkerHandle>[];
  readonly #ports = new SharedPorts();
  readonly #turns = new TurnPlaces();
  readonly #drainTimeout: number;
  /** The counters of threads that have ended. */
  readonly #retired = new Stats();
  readonly #counts = { running: 0, crashed: 0, hung: 0, replaced: 0 };
  readonly #looks: NodeJS.Timeout;
  readonly #refreshes: NodeJS.Timeout;
  /** The snapshot in force, which a new thread is given. */
  #snapshot: PostedSnapshot | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #refreshing: Promise<void> | undefined;
  #whenThread: (() => void)[] = [];
  #closed = false;

  /**
   * @param count number of threads. More than one need ports that can be shared (`canSharePorts`).
   * @throws RangeError if the count is no positive whole number, or if several threads cannot share ports here; or for
   *   an invalid option.
   */
  constructor(count: number, options: ProxyOptions = {}, watch: WatchOptions = {}) {
    const { lookEvery = 1_000 } = watch;
    const sharesPorts = canSharePorts();
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} workers: expected 1 or more`);
    if (count > 1 && !sharesPorts)
      throw new RangeError(`${count} workers: threads cannot share ports here, only 1 can be`);
    this.#drainTimeout = options.drainTimeout ?? defaultDrainTimeout;
    const limits = shareOf(completeLimits(options), count);
    const { ticketSecret = newTicketSecret() } = options;
    // Invalid options throw here, and not in each thread.
    expectsHeader(options.proxyProtocol ?? "off");
    new TicketKeys(ticketSecret);
    const shared = { ...options, limits, ticketSecret, sharePorts: sharesPorts };
    const own = { options: shared, heapMegabytes: watch.heapMegabytes ?? heapMegabytes(count) };
    const host: SeatHost<WorkerHandle> = {
      sharesPorts,
      lookEvery,
      start: (events) => this.#start(own, events),
      bringUp: (thread) => this.#bringUp(thread),
      gone: (thread) => this.#retire(thread),
      tell: (event) => this.#tell(event),
    };
    this.#seats = Array.from({ length: count }, () => new WorkerSlot(host));
    this.#looks = setInterval(() => {
      for (const seat of this.#seats) seat.look();
    }, lookEvery).unref();
    this.#refreshes = setInterval(() => void this.refresh(), refreshEvery).unref();
  }

  /** The number of threads that should run. */
  get count(): number {
    return this.#seats.length;
  }

  apply(snapshot: Snapshot): Promise<readonly BoundSocket[]> {
    const applied = this.#turn.then(() => this.#apply(snapshot));
    this.#turn = applied.catch(() => undefined);
    return applied;
  }

  #start(own: WorkerOptions, events: Pick<WorkerEvents, "onFault" | "onExit">): WorkerHandle {
    const thread = new WorkerHandle(own, {
      ...events,
      onFilterFailure: (failure) => this.onFilterFailure(failure),
      onFiltersNotLoaded: (messages) => this.#tell({ type: "filtersNotLoaded", messages }),
      onRejection: (why) => this.#tell({ type: "rejection", why }),
    });
    for (const waiting of this.#whenThread.splice(0)) waiting();
    return thread;
  }

  async #apply({ filters, ...snapshot }: Snapshot): Promise<readonly BoundSocket[]> {
    if (this.#closed)
      return snapshot.sockets.map((socket) => ({ ...socket, error: { message: "the proxy is closed" } }));
    const refused = new Map(await this.#ports.refusals(snapshot.sockets));
    const posted: PostedSnapshot = {
      ...snapshot,
      modules: filters?.modules ?? [],
      turns: this.#turns.assign(snapshot.gateways),
      sockets: snapshot.sockets.filter((socket) => !refused.has(keyOf(socket))),
    };
    this.#ports.retain(posted.sockets);
    if (!this.#ports.has(posted.sockets)) await this.#bindFirst(posted, refused);
    this.#snapshot = { ...posted, sockets: posted.sockets.filter((socket) => !refused.has(keyOf(socket))) };
    this.#forgetOthers(snapshot.gateways);
    const threads = this.#seats.flatMap((seat) => seat.threads);
    // A thread that ends meanwhile is replaced by one that starts with this snapshot.
    await Promise.all(threads.map((thread) => this.#bringUp(thread).catch(() => undefined)));
    return snapshot.sockets.map((socket) => {
      const error = refused.get(keyOf(socket));
      return { ...socket, localPort: this.#ports.localPort(socket), ...(error !== undefined && { error }) };
    });
  }

  /**
   * Lets one thread bind new sockets first, so that a taken port is reported once, and a port that the system chooses
   * has one number.
   */
  async #bindFirst(posted: PostedSnapshot, refused: Map<string, NonNullable<BoundSocket["error"]>>): Promise<void> {
    for (;;) {
      const thread = await this.#anyThread();
      if (thread === undefined) {
        const error = { message: this.#closed ? "the proxy is closed" : "no worker thread is there to bind it" };
        for (const socket of posted.sockets) if (!this.#ports.has([socket])) refused.set(keyOf(socket), error);
        return;
      }
      const sockets = posted.sockets.map((socket) => this.#ports.of(thread, socket));
      const got = await thread.apply({ ...posted, sockets }).catch(() => undefined);
      if (got === undefined) continue;
      const bound = posted.sockets.flatMap((asked, index) => {
        const each = got[index];
        return each === undefined ? [] : [{ asked, got: each }];
      });
      this.#ports.bind(thread, bound);
      for (const { asked, got: each } of bound) if (each.error !== undefined) refused.set(keyOf(asked), each.error);
      return;
    }
  }

  /** Makes a thread enforce the snapshot in force. */
  async #bringUp(thread: WorkerHandle): Promise<void> {
    if (this.#snapshot === undefined) return;
    const sockets = this.#snapshot.sockets.map((socket) => this.#ports.of(thread, socket));
    for (const { port, error } of await thread.apply({ ...this.#snapshot, sockets })) {
      if (error !== undefined) this.#tell({ type: "notBound", port, message: error.message });
    }
  }

  /** Returns a thread that serves or starts; if all have crashed, waits for the next one. */
  async #anyThread(): Promise<WorkerHandle | undefined> {
    const end = performance.now() + threadTimeout;
    while (!this.#closed) {
      const [thread] = this.#seats.flatMap((seat) => seat.threads);
      const left = end - performance.now();
      if (thread !== undefined || left <= 0) return thread;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#whenThread.push(resolve);
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
    return undefined;
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const threads = this.#seats.flatMap((seat) => seat.alive);
    await within(refreshTimeout, Promise.all(threads.map((thread) => thread.refresh())));
    this.#sum();
  }

  #sum(): void {
    clearStats(this.stats);
    addStats(this.stats, this.#retired);
    for (const { stats } of this.#seats.flatMap((seat) => seat.alive))
      if (stats !== undefined) addStats(this.stats, stats);
    this.#counts.running = this.#seats.filter((seat) => seat.isServing).length;
    Object.assign(this.stats.workers, this.#counts);
  }

  async drain(delayMs: number): Promise<void> {
    await this.#turn;
    this.#stop();
    const threads = this.#seats.flatMap((seat) => seat.alive);
    const drained = Promise.all(threads.map((thread) => thread.drain(delayMs)));
    await within(delayMs + this.#drainTimeout + endTimeout, drained);
    await this.close();
  }

  async close(): Promise<void> {
    this.#stop();
    this.#closed = true;
    for (const waiting of this.#whenThread.splice(0)) waiting();
    const threads = this.#seats.flatMap((seat) => seat.alive);
    await within(endTimeout, Promise.all(threads.map((thread) => thread.close())));
    const left = this.#seats.flatMap((seat) => seat.alive);
    for (const thread of left) thread.terminate();
    await within(endTimeout, Promise.all(left.map(({ exited }) => exited)));
    await this.#turn;
    this.#sum();
  }

  /** A thread has not ended in `close`; only the end of the process will end it. */
  get isStuck(): boolean {
    return this.#closed && this.#seats.some((seat) => seat.alive.length > 0);
  }

  #stop(): void {
    clearInterval(this.#looks);
    clearInterval(this.#refreshes);
    for (const seat of this.#seats) seat.stop();
  }

  /**
   * Removes the counters of removed Gateways and rules. Running threads remove their own, so this is for ended ones.
   */
  #forgetOthers(gateways: readonly GatewayIR[]): void {
    const named = new Map(gateways.map((ir) => [`${ir.gateway.namespace}/${ir.gateway.name}`, ir]));
    for (const [key, own] of this.#retired.gateways) {
      const ir = named.get(key);
      if (ir === undefined) this.#retired.gateways.delete(key);
      else retainStats(own, ir);
    }
  }

  #retire({ stats }: WorkerHandle): void {
    if (stats === undefined) return;
    clearGauges(stats);
    addStats(this.#retired, stats);
  }

  #tell(event: WorkerEvent): void {
    if (event.type === "crashed" || event.type === "hung" || event.type === "replaced") this.#counts[event.type]++;
    this.onWorkerEvent(event);
  }
}

/** Waits for a promise, but no longer than that. */
async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
