import { setTimeout as sleep } from "node:timers/promises";
import { isConflict, isNotFound } from "../../sources/kubernetes/api-error.ts";
import type { ApiRequest, ApiServer } from "../../sources/kubernetes/api-server.ts";
import { microTimeNow } from "./times.ts";

export interface LeadershipOptions {
  readonly namespace: string;
  /** The name of the Lease. */
  readonly name: string;
  /** Unique among the candidates: the pod's name and a part that differs at each start. */
  readonly identity: string;
  /** Milliseconds for which a lease is valid after its last renewal. Default: 15 s. */
  readonly lease?: number;
  /**
   * Milliseconds after the last renewal was sent at which the leader stops, even if a request is under way. Less than
   * `lease`, so that the leader has stopped before another process may lead. Default: 10 s.
   */
  readonly renew?: number;
  /** Milliseconds between two attempts to take or renew the lease. Less than `renew`. Default: 2 s. */
  readonly retry?: number;
  readonly onChange?: (leading: boolean) => void;
  readonly onFailure?: (error: Error) => void;
}

interface Lease {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/**
 * Elects one of several processes as leader, by a Lease (coordination.k8s.io/v1). Durations are measured locally: a
 * lease counts as held for its duration from when *we* last saw it renewed, so that clocks need not agree. The leader
 * measures from when it *sent* its last renewal, which no other process can have seen earlier. So it stops before any
 * other process counts the lease as free, even if the API server accepts its requests but does not answer.
 */
export class Leadership {
  readonly #server: ApiServer;
  readonly #options: Required<Omit<LeadershipOptions, "onChange" | "onFailure">>;
  readonly #onChange: (leading: boolean) => void;
  readonly #onFailure: (error: Error) => void;
  /** The last state of the lease that this process has seen, and when it changed. */
  #seen: { readonly record: string; readonly at: number } | undefined;

  /** When the last successful renewal was sent. */
  #renewed = 0;

  /** @throws RangeError for durations with which the leader could not stop before its lease expires. */
  constructor(server: ApiServer, { onChange, onFailure, ...options }: LeadershipOptions) {
    this.#server = server;
    this.#options = { lease: 15_000, renew: 10_000, retry: 2_000, ...options };
    const { lease, renew, retry } = this.#options;
    if (!(retry < renew && renew < lease)) {
      throw new RangeError(`retry ${retry} ms, renew ${renew} ms, lease ${lease} ms: expected retry < renew < lease`);
    }
    this.#onChange = onChange ?? (() => {});
    this.#onFailure = onFailure ?? (() => {});
  }

  /**
   * Calls `lead` for each term, with a signal that ends the term, until `signal`. The next term begins only after
   * `lead` has resolved. At the end the lease is released, so that another process can lead at once. Never rejects by
   * itself.
   */
  async run(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      if ((await this.#try(signal)) !== "ours") {
        await this.#pause(signal);
        continue;
      }
      if (signal.aborted) return this.#release();
      const term = new AbortController();
      const end = () => term.abort();
      signal.addEventListener("abort", end, { once: true });
      this.#onChange(true);
      const led = lead(term.signal).catch((error: unknown) => this.#onFailure(error as Error));
      await this.#hold(term);
      signal.removeEventListener("abort", end);
      await led;
      this.#onChange(false);
      if (signal.aborted) await this.#release();
    }
  }

  /**
   * Renews the lease until the term ends. Ends the term when another process holds the lease, or when the last renewal
   * is so old that another process may take it soon.
   */
  async #hold(term: AbortController): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const extend = () => {
      clearTimeout(deadline);
      const rest = this.#renewed + this.#options.renew - performance.now();
      deadline = setTimeout(() => term.abort(), rest);
    };
    extend();
    while (!term.signal.aborted) {
      await this.#pause(term.signal, false);
      if (term.signal.aborted) break;
      const holder = await this.#try(term.signal);
      if (holder === "ours") extend();
      else if (holder === "another's") term.abort();
    }
    clearTimeout(deadline);
  }

  /** Takes or renews the lease if it is free or ours. */
  async #try(signal: AbortSignal): Promise<"ours" | "another's" | "unknown"> {
    try {
      const lease = await this.#read(signal);
      if (lease !== undefined && this.#isHeldByOther(lease)) return "another's";
      const begun = performance.now();
      await (lease === undefined ? this.#create(signal) : this.#take(lease, signal));
      this.#renewed = begun;
      return "ours";
    } catch (error) {
      if (!isConflict(error) && !signal.aborted) this.#onFailure(error as Error);
      return "unknown";
    }
  }

  #isHeldByOther({ spec = {} }: Lease): boolean {
    const record = JSON.stringify(spec);
    if (this.#seen?.record !== record) this.#seen = { record, at: performance.now() };
    const { holderIdentity = "", leaseDurationSeconds = 0 } = spec;
    if (holderIdentity === "" || holderIdentity === this.#options.identity) return false;
    return performance.now() < this.#seen.at + leaseDurationSeconds * 1000;
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#send({ method: "GET", path: this.#path }, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(signal: AbortSignal): Promise<void> {
    const { name, namespace } = this.#options;
    const spec = { ...this.#claim(), acquireTime: microTimeNow(), leaseTransitions: 0 };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, namespace }, spec };
    await this.#send({ method: "POST", path: this.#path.slice(0, this.#path.lastIndexOf("/")), body }, signal);
  }

  /**
   * Takes or renews the lease that was read. The request carries its resourceVersion, so that of two processes that
   * take it, one is refused.
   */
  async #take(lease: Lease, signal: AbortSignal): Promise<void> {
    const isOurs = lease.spec?.holderIdentity === this.#options.identity;
    const { acquireTime = microTimeNow(), leaseTransitions = 0 } = lease.spec ?? {};
    const term = isOurs
      ? { acquireTime, leaseTransitions }
      : { acquireTime: microTimeNow(), leaseTransitions: leaseTransitions + 1 };
    const body = {
      ...lease,
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      spec: { ...lease.spec, ...term, ...this.#claim() },
    };
    await this.#send({ method: "PUT", path: this.#path, body }, signal);
  }

  /** Limits the duration of the whole request: the `timeout` of a request limits only the time without data. */
  async #send(request: Pick<ApiRequest, "method" | "path" | "body">, signal: AbortSignal): Promise<Lease> {
    const bound = AbortSignal.timeout(Math.ceil(this.#options.renew / 2));
    const bounded = { ...request, kind: "Lease", signal: AbortSignal.any([signal, bound]) };
    return await this.#server.json<Lease>(bounded);
  }

  async #release(): Promise<void> {
    const { signal } = new AbortController();
    try {
      const lease = await this.#read(signal);
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      const body = {
        ...lease,
        spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTimeNow() },
      };
      await this.#send({ method: "PUT", path: this.#path, body }, signal);
    } catch (error) {
      this.#onFailure(error as Error);
    }
  }

  #claim() {
    const { identity, lease } = this.#options;
    return { holderIdentity: identity, leaseDurationSeconds: Math.ceil(lease / 1000), renewTime: microTimeNow() };
  }

  get #path(): string {
    const { namespace, name } = this.#options;
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${encodeURIComponent(name)}`;
  }

  /** @param spread waits up to a fifth longer at random, as processes that do not lead do. */
  async #pause(signal: AbortSignal, spread = true): Promise<void> {
    const time = this.#options.retry * (spread ? 1 + Math.random() / 5 : 1);
    await sleep(time, undefined, { signal, ref: false }).catch(() => {});
  }
}
