import type { MessagePort } from "node:worker_threads";
import type { FilterKinds } from "../../../lib/filters/bound-filter.ts";
import type { FilterModuleReference, RegisteredFilters } from "../../dataplane/filters/registered-filters.ts";
import { HttpDataPlane } from "../../dataplane/proxy.ts";
import type { BoundSocket } from "../../dataplane/routing/snapshot.ts";
import { type PostedSnapshot, postedError, type Report, type ThreadData, type WorkerRequest } from "./messages.ts";

/** Milliseconds between two increments of the counter that shows that the event loop runs. */
const beatMs = 250;

/** Minimum milliseconds between two reports of uncaught errors. */
const tellEvery = 1_000;

/** Runs a proxy in a worker thread: handles messages, and reports. */
export class ServingThread {
  readonly #port: MessagePort;
  readonly #proxy: HttpDataPlane;
  #filters: RegisteredFilters = { modules: [], kinds: new Map() };
  /** Snapshots are applied in the order in which they arrive, even if one has to load filters first. */
  #applied: Promise<unknown> = Promise.resolve();
  readonly #toldAt = new Map<Report["type"], number>();

  constructor(port: MessagePort, { options, beats }: ThreadData) {
    this.#port = port;
    this.#proxy = new HttpDataPlane(options);
    this.#proxy.onFilterFailure = ({ filter, error, untold }) =>
      this.#report({ type: "filterFailed", filter, error: postedError(error), untold });
    const count = new Int32Array(beats);
    const beat = () => Atomics.add(count, 0, 1);
    // The first increment comes at once, so that a thread which hangs from its first request on counts as started.
    beat();
    setInterval(beat, beatMs);
    // The exception may have left an operation incomplete, so another thread should take over. The requests under way
    // are not at fault.
    process.on("uncaughtException", (error) => {
      if (this.#mayTell("fault")) this.#report({ type: "fault", error: postedError(error), stats: this.#proxy.stats });
    });
    process.on("unhandledRejection", (error) => {
      if (this.#mayTell("rejection")) this.#report({ type: "rejection", error: postedError(error) });
    });
    port.on("message", (request: WorkerRequest) => void this.#answer(request));
  }

  async #answer(request: WorkerRequest): Promise<void> {
    const { id } = request;
    try {
      if (request.type === "apply") {
        this.#report({ type: "applied", id, sockets: await this.#apply(request.snapshot) });
      } else if (request.type === "report") {
        this.#report({ type: "stats", id, stats: this.#proxy.stats });
      } else {
        await this.#applied;
        await (request.type === "drain" ? this.#proxy.drain(request.delayMs) : this.#proxy.close());
        this.#report({ type: "ended", id, stats: this.#proxy.stats });
      }
    } catch (error) {
      this.#report({ type: "failed", id, error: postedError(error) });
    }
  }

  #apply(snapshot: PostedSnapshot): Promise<readonly BoundSocket[]> {
    const applied = this.#applied.then(async () => {
      const filters = await this.#load(snapshot.modules);
      return this.#proxy.apply({ ...snapshot, filters });
    });
    this.#applied = applied.catch(() => undefined);
    return applied;
  }

  /** Loads filters. Loaded filters stay, unless one of their modules has changed. */
  async #load(modules: readonly FilterModuleReference[]): Promise<RegisteredFilters> {
    const before = this.#filters.modules;
    const isSame =
      modules.length === before.length &&
      modules.every(({ path, version }, index) => path === before[index]?.path && version === before[index]?.version);
    if (!isSame) this.#filters = { modules, kinds: await this.#kindsOf(modules) };
    return this.#filters;
  }

  /** Loads the filters of modules. If a module cannot be loaded, as in the middle of a change, its filters stay. */
  async #kindsOf(modules: readonly FilterModuleReference[]): Promise<FilterKinds> {
    if (modules.length === 0) return new Map();
    const { loadFilters } = await import("../../sources/load-filters.ts");
    const { kinds, findings } = await loadFilters(modules);
    if (!findings.some(({ severity }) => severity === "error")) return kinds;
    this.#report({ type: "filtersNotLoaded", messages: findings.map(({ message }) => message) });
    return new Map([...this.#filters.kinds, ...kinds]);
  }

  /** Limits the rate of reports, so that an error of every request is not reported for every request. */
  #mayTell(type: Report["type"]): boolean {
    const now = performance.now();
    if (now - (this.#toldAt.get(type) ?? Number.NEGATIVE_INFINITY) < tellEvery) return false;
    this.#toldAt.set(type, now);
    return true;
  }

  #report(report: Report): void {
    this.#port.postMessage(report);
  }
}
