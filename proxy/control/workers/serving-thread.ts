import type { MessagePort } from "node:worker_threads";
import type { FilterKinds } from "../../../lib/filters/bound-filter.ts";
import type { FilterModuleReference, RegisteredFilters } from "../../dataplane/filters/registered-filters.ts";
// biome-ignore lint/suspicious/noShadowRestrictedNames: the data plane's name for itself.
import { Proxy } from "../../dataplane/proxy.ts";
import type { BoundSocket } from "../../dataplane/routing/snapshot.ts";
import { type PostedSnapshot, postedError, type Report, type Request, type ThreadData } from "./messages.ts";

/** How often the thread shows that its event loop turns, in milliseconds. */
const beatMs = 250;

/** How often errors that nothing caught are told at most, in milliseconds. */
const tellEvery = 1_000;

/** A proxy in a worker thread: does what it is told by messages, and reports. */
export class ServingThread {
  readonly #port: MessagePort;
  readonly #proxy: Proxy;
  #filters: RegisteredFilters = { modules: [], kinds: new Map() };
  /** Snapshots are applied in the order in which they came, though one may have to load filters first. */
  #applied: Promise<unknown> = Promise.resolve();
  readonly #toldAt = new Map<Report["type"], number>();

  constructor(port: MessagePort, { options, beats }: ThreadData) {
    this.#port = port;
    this.#proxy = new Proxy(options);
    this.#proxy.onFilterFailure = ({ filter, error, untold }) =>
      this.#report({ type: "filterFailed", filter, error: postedError(error), untold });
    const count = new Int32Array(beats);
    const beat = () => Atomics.add(count, 0, 1);
    // At once: a thread that hangs from its first request on has started all the same.
    beat();
    setInterval(beat, beatMs);
    // What threw may have left something half done, so that another thread is to take over; no request that is under
    // way is at fault.
    process.on("uncaughtException", (error) => {
      if (this.#mayTell("fault")) this.#report({ type: "fault", error: postedError(error), stats: this.#proxy.stats });
    });
    process.on("unhandledRejection", (error) => {
      if (this.#mayTell("rejection")) this.#report({ type: "rejection", error: postedError(error) });
    });
    port.on("message", (request: Request) => void this.#answer(request));
  }

  async #answer(request: Request): Promise<void> {
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

  /** Filters that are loaded stay, unless one of their modules has changed. */
  async #load(modules: readonly FilterModuleReference[]): Promise<RegisteredFilters> {
    const before = this.#filters.modules;
    const isSame =
      modules.length === before.length &&
      modules.every(({ path, version }, index) => path === before[index]?.path && version === before[index]?.version);
    if (!isSame) this.#filters = { modules, kinds: await this.#kindsOf(modules) };
    return this.#filters;
  }

  /** A module that cannot be loaded here, since it changes at this very moment, leaves its filters as they were. */
  async #kindsOf(modules: readonly FilterModuleReference[]): Promise<FilterKinds> {
    if (modules.length === 0) return new Map();
    const { loadFilters } = await import("../../sources/load-filters.ts");
    const { kinds, findings } = await loadFilters(modules);
    if (!findings.some(({ severity }) => severity === "error")) return kinds;
    this.#report({ type: "filtersNotLoaded", messages: findings.map(({ message }) => message) });
    return new Map([...this.#filters.kinds, ...kinds]);
  }

  /** What goes wrong with each request is not told with each request. */
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
