import type { AttachOptions } from "../../../lib/routing/attach/attachment.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { ClusterObjects } from "../../sources/kubernetes/cluster-objects.ts";
import type { Patience } from "../../sources/kubernetes/reflector.ts";
import type { Log } from "../log.ts";
import type { DataPlanes } from "./data-planes.ts";
import { CrdWatch } from "./installed-crds.ts";
import { LastGoodObjects } from "./last-good.ts";
import { Leadership, type LeadershipOptions } from "./leadership.ts";
import { LeaderReconciler } from "./term.ts";
import { watchedKinds } from "./watched.ts";

export interface ControllerOptions {
  /** GatewayClasses with this controllerName are ours. */
  readonly controllerName: string;
  /** Names this process: the name of its pod. */
  readonly instance: string;
  /** The features that the proxies support. */
  readonly abilities: Partial<AttachOptions>;
  /** The Lease by which one of several processes is elected leader. */
  readonly lease: Pick<LeadershipOptions, "namespace" | "name"> & Partial<LeadershipOptions>;
  /**
   * Makes the data planes for one term of leading.
   *
   * @param server sends requests until the term ends; the end aborts those that are under way.
   */
  readonly dataPlanes: (server: ApiServer, term: AbortSignal, changed: () => void) => DataPlanes;
  readonly log: Log;
  /** Milliseconds for which a process that does not lead gathers changes. Default: 2 s. */
  readonly keepUp?: number;
  readonly patience?: Partial<Patience>;
}

/**
 * The controller of a cluster. Every process watches the objects. The leader compiles configurations from them and
 * writes statuses; the others are ready to take over.
 */
export class Controller {
  readonly #server: ApiServer;
  readonly #options: ControllerOptions;
  readonly #objects: ClusterObjects;
  readonly #leadership: Leadership;
  readonly #lastGood: LastGoodObjects;
  #term: LeaderReconciler | undefined;
  #keepingUp: NodeJS.Timeout | undefined;

  constructor(server: ApiServer, options: ControllerOptions) {
    const { log, lease, instance, patience } = options;
    this.#server = server;
    this.#options = options;
    this.#lastGood = new LastGoodObjects(log);
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

  /** Resolves once every kind has been read: the process is then ready to lead. */
  get synced(): Promise<void> {
    return this.#objects.synced;
  }

  get leading(): boolean {
    return this.#term !== undefined;
  }

  /** The numbers of compilations and of status writes in this term. */
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

  /**
   * Keeps the last good objects while this process does not lead: a new leader has to know the last good version of an
   * object that is invalid by then.
   */
  #keepUp(): void {
    this.#keepingUp ??= setTimeout(() => {
      this.#keepingUp = undefined;
      if (this.#term === undefined) this.#lastGood.admit(this.#objects.declared());
    }, this.#options.keepUp ?? 2_000);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { dataPlanes, ...options } = this.#options;
    // Another process may hold the Lease as soon as the term has ended, so no request may reach the API server after
    // that.
    const server = this.#server.until(signal);
    const crds = new CrdWatch(server, () => term.factsChanged());
    const term = new LeaderReconciler(server, this.#objects, this.#lastGood, {
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
