import type { AttachOptions } from "../../../lib/routing/attach/attachment.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { ClusterObjects } from "../../sources/kubernetes/cluster-objects.ts";
import type { Patience } from "../../sources/kubernetes/reflector.ts";
import type { Log } from "../log.ts";
import type { DataPlanes } from "./data-planes.ts";
import { CrdWatch } from "./installed-crds.ts";
import { LastGood } from "./last-good.ts";
import { Leadership, type LeadershipOptions } from "./leadership.ts";
import { Term } from "./term.ts";
import { watchedKinds } from "./watched.ts";

export interface ControllerOptions {
  /** Classes with this controller are ours. */
  readonly controllerName: string;
  /** This process: the pod's name. */
  readonly instance: string;
  /** What the proxies can do. */
  readonly abilities: Partial<AttachOptions>;
  /** The Lease by which one of several processes leads. */
  readonly lease: Pick<LeadershipOptions, "namespace" | "name"> & Partial<LeadershipOptions>;
  /**
   * What is made of configurations, for one term of leading.
   *
   * @param server takes requests until the term ends, and ends those that are under way then.
   */
  readonly dataPlanes: (server: ApiServer, term: AbortSignal, changed: () => void) => DataPlanes;
  readonly log: Log;
  /** Milliseconds for which a process that waits gathers changes. Default: 2 s. */
  readonly keepUp?: number;
  readonly patience?: Partial<Patience>;
}

/**
 * The controller of a cluster. Every process keeps up with the objects; the one that leads makes configurations of them
 * and writes statuses, and the others are ready to.
 */
export class Controller {
  readonly #server: ApiServer;
  readonly #options: ControllerOptions;
  readonly #objects: ClusterObjects;
  readonly #leadership: Leadership;
  readonly #lastGood: LastGood;
  #term: Term | undefined;
  #keepingUp: NodeJS.Timeout | undefined;

  constructor(server: ApiServer, options: ControllerOptions) {
    const { log, lease, instance, patience } = options;
    this.#server = server;
    this.#options = options;
    this.#lastGood = new LastGood(log);
    this.#objects = new ClusterObjects(server, {
      watched: watchedKinds,
      onChange: (change) => (this.#term === undefined ? this.#keepUp() : this.#term.changed(change)),
      onFailure: (kind, error) => log("warn", "the API server could not be read", { kind, why: error.message }),
      ...(patience && { patience }),
    });
    this.#leadership = new Leadership(server, {
      identity: `${instance}_${crypto.randomUUID()}`,
      onChange: (leading) => log("info", leading ? "leading" : "no longer leading"),
      onFailure: (error) => log("warn", "the Lease could not be kept", { why: error.message }),
      ...lease,
    });
  }

  /** Every kind has been read once: the process is ready to lead. */
  get synced(): Promise<void> {
    return this.#objects.synced;
  }

  get leading(): boolean {
    return this.#term !== undefined;
  }

  /** Configurations made, and statuses written, in this term. */
  get compilations(): number {
    return this.#term?.compilations ?? 0;
  }

  get statusWrites(): number {
    return this.#term?.statusWrites ?? 0;
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const following = this.#objects.run(signal);
    const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([this.#objects.synced, stopped]);
    await this.#leadership.run(signal, (term) => this.#lead(term));
    clearTimeout(this.#keepingUp);
    await following;
  }

  /** As one that waits: who leads next has to know what was good before it is not any more. */
  #keepUp(): void {
    this.#keepingUp ??= setTimeout(() => {
      this.#keepingUp = undefined;
      if (this.#term === undefined) this.#lastGood.admit(this.#objects.declared());
    }, this.#options.keepUp ?? 2_000);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { dataPlanes, ...options } = this.#options;
    // The Lease may be another's as soon as the term has ended: nothing may reach the API server after that.
    const server = this.#server.until(signal);
    const crds = new CrdWatch(server, () => term.factsChanged());
    const term = new Term(server, this.#objects, this.#lastGood, {
      ...options,
      crds: () => crds.found,
      dataPlanes: dataPlanes(server, signal, () => term.factsChanged()),
    });
    this.#term = term;
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener(
        "abort",
        () => {
          this.#term = undefined;
          term.end();
          resolve();
        },
        { once: true },
      );
    });
    term.begin();
    void crds.run(signal);
    await ended;
  }
}
