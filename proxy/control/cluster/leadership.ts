import { setTimeout as sleep } from "node:timers/promises";
import { isConflict, isNotFound } from "../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";

export interface LeadershipOptions {
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Unique among those who may lead: the pod's name and something that no other start of it has. */
  readonly identity: string;
  /** Milliseconds that a lease is good for after its last renewal. Default: 15 s. */
  readonly lease?: number;
  /** Milliseconds without a renewal after which the leader gives up, before the lease runs out. Default: 10 s. */
  readonly renew?: number;
  /** Milliseconds between two tries. Default: 2 s. */
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
 * One of several processes leads, by a Lease (coordination.k8s.io/v1). Times are our own: a lease counts as held for its
 * duration from when *we* last saw it renewed, so that clocks need not agree.
 */
export class Leadership {
  readonly #server: ApiServer;
  readonly #options: Required<Omit<LeadershipOptions, "onChange" | "onFailure">>;
  readonly #onChange: (leading: boolean) => void;
  readonly #onFailure: (error: Error) => void;
  /** The last state of the lease that we have seen, and when it changed. */
  #seen: { readonly record: string; readonly at: number } | undefined;

  constructor(server: ApiServer, { onChange, onFailure, ...options }: LeadershipOptions) {
    this.#server = server;
    this.#options = { lease: 15_000, renew: 10_000, retry: 2_000, ...options };
    this.#onChange = onChange ?? (() => {});
    this.#onFailure = onFailure ?? (() => {});
  }

  /**
   * Calls `lead` for each term, with a signal that ends it, until `signal`. The next term begins only when `lead` has
   * come to its end. At the end the lease is given back, so that another can lead at once. Never rejects by itself.
   */
  async run(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.#try())) {
        await this.#pause(signal);
        continue;
      }
      const term = new AbortController();
      const end = () => term.abort();
      signal.addEventListener("abort", end, { once: true });
      this.#onChange(true);
      const led = lead(term.signal).catch((error: unknown) => this.#onFailure(error as Error));
      await this.#hold(term);
      term.abort();
      signal.removeEventListener("abort", end);
      await led;
      this.#onChange(false);
      if (signal.aborted) await this.#release();
    }
  }

  /** Renews until the term ends, or can no longer be sure that nobody else leads. */
  async #hold({ signal }: AbortController): Promise<void> {
    let renewed = performance.now();
    while (!signal.aborted) {
      await this.#pause(signal, false);
      if (signal.aborted) return;
      if (await this.#try()) renewed = performance.now();
      else if (performance.now() - renewed > this.#options.renew) return;
    }
  }

  /** @returns whether the lease is ours now. */
  async #try(): Promise<boolean> {
    try {
      const lease = await this.#read();
      if (lease === undefined) return await this.#create();
      const record = JSON.stringify(lease.spec ?? {});
      if (this.#seen?.record !== record) this.#seen = { record, at: performance.now() };
      const { holderIdentity = "", leaseDurationSeconds = 0 } = lease.spec ?? {};
      const isOurs = holderIdentity === this.#options.identity;
      const held = holderIdentity !== "" && performance.now() < this.#seen.at + leaseDurationSeconds * 1000;
      return !isOurs && held ? false : await this.#take(lease, isOurs);
    } catch (error) {
      if (!isConflict(error)) this.#onFailure(error as Error);
      return false;
    }
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#server.json<Lease>({ method: "GET", path: this.#path, timeout: this.#options.renew / 2 });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(): Promise<boolean> {
    const { name, namespace } = this.#options;
    const spec = { ...this.#claim(), acquireTime: microTime(), leaseTransitions: 0 };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, namespace }, spec };
    await this.#server.json({ method: "POST", path: this.#path.slice(0, this.#path.lastIndexOf("/")), body });
    return true;
  }

  /** The version that was read is in the request, so that of two who take it one is refused. */
  async #take(lease: Lease, isOurs: boolean): Promise<boolean> {
    const { acquireTime = microTime(), leaseTransitions = 0 } = lease.spec ?? {};
    const term = isOurs
      ? { acquireTime, leaseTransitions }
      : { acquireTime: microTime(), leaseTransitions: leaseTransitions + 1 };
    await this.#server.json({
      method: "PUT",
      path: this.#path,
      body: {
        ...lease,
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        spec: { ...lease.spec, ...term, ...this.#claim() },
      },
      timeout: this.#options.renew / 2,
    });
    return true;
  }

  async #release(): Promise<void> {
    try {
      const lease = await this.#read();
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      const body = {
        ...lease,
        spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime() },
      };
      await this.#server.json({ method: "PUT", path: this.#path, body });
    } catch (error) {
      this.#onFailure(error as Error);
    }
  }

  #claim() {
    const { identity, lease } = this.#options;
    return { holderIdentity: identity, leaseDurationSeconds: Math.ceil(lease / 1000), renewTime: microTime() };
  }

  get #path(): string {
    const { namespace, name } = this.#options;
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${encodeURIComponent(name)}`;
  }

  /** @param spread whether to wait up to a fifth longer by chance, as those who do not lead do. */
  async #pause(signal: AbortSignal, spread = true): Promise<void> {
    const time = this.#options.retry * (spread ? 1 + Math.random() / 5 : 1);
    await sleep(time, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** metav1.MicroTime. */
function microTime(): string {
  return `${new Date().toISOString().slice(0, -1)}000Z`;
}
