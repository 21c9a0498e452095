import { createHash } from "node:crypto";
import type { AnyObject } from "../../../../lib/api/declared.ts";
import { ApiError, hasStatus } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { pathOf, type Resource } from "../../../sources/kubernetes/resource.ts";
import { fieldManager } from "./installation.ts";

export interface ApplierOptions {
  readonly onFailure: (object: AnyObject, error: Error) => void;
  /** What is applied in place of an object that the API server refuses; undefined if nothing would do. */
  readonly otherwise: (object: AnyObject) => AnyObject | undefined;
  /** What `refusal` answers is another than before. */
  readonly onRefusal: () => void;
  /** Milliseconds after which what was applied is applied again, whoever may have changed it. Default: 10 min. */
  readonly again?: number;
}

/** An object that the API server does not take as it is. */
export interface Refusal {
  readonly object: AnyObject;
  readonly error: ApiError;
}

interface Entry {
  readonly objects: readonly AnyObject[];
  readonly hash: string;
  refusal: Refusal | undefined;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Applies what belongs to a Gateway, server-side, under a field manager of our own: fields that others set stay theirs
 * (an autoscaler's replicas, once `replicas` is left to it), and those that are ours are taken back. Deleting is the
 * garbage collector's, by owner references.
 */
export class Applier {
  readonly #server: ApiServer;
  readonly #options: ApplierOptions;
  readonly #entries = new Map<string, Entry>();
  #stopped = false;

  constructor(server: ApiServer, options: ApplierOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** What is to be there for each Gateway, by `namespace/name`. What is the same as before is not applied again. */
  want(objects: ReadonlyMap<string, readonly AnyObject[]>): void {
    for (const [name, entry] of this.#entries) {
      if (objects.has(name)) continue;
      clearTimeout(entry.timer);
      this.#entries.delete(name);
    }
    for (const [name, wanted] of objects) {
      const hash = createHash("sha256").update(JSON.stringify(wanted)).digest("hex");
      const known = this.#entries.get(name);
      if (known?.hash === hash) continue;
      clearTimeout(known?.timer);
      const entry: Entry = { objects: wanted, hash, refusal: undefined, failures: 0, timer: undefined };
      this.#entries.set(name, entry);
      void this.#apply(name, entry);
    }
  }

  /** Something of a Gateway's was changed or deleted by somebody: it is applied again. */
  again(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.#apply(name, entry), 100);
  }

  /** The first object of a Gateway that the API server refused when it was last asked; undefined if it took them all. */
  refusal(name: string): Refusal | undefined {
    return this.#entries.get(name)?.refusal;
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }

  /**
   * One after another: a Deployment wants its service account to be there. One that is refused keeps none of the others
   * from being applied; where the API server does not answer, the rest waits as well.
   */
  async #apply(name: string, entry: Entry): Promise<void> {
    let refusal: Refusal | undefined;
    for (const object of entry.objects) {
      if (this.#stopped || this.#entries.get(name) !== entry) return;
      try {
        await this.#applyOne(object);
      } catch (error) {
        if (this.#stopped) return;
        this.#options.onFailure(object, error as Error);
        if (!isRefused(error)) return this.#later(name, entry, backoff(entry.failures++, error));
        refusal ??= { object, error };
      }
    }
    const before = entry.refusal?.error.message;
    entry.refusal = refusal;
    if (before !== refusal?.error.message) this.#options.onRefusal();
    if (refusal !== undefined) return this.#later(name, entry, backoff(entry.failures++, refusal.error));
    entry.failures = 0;
    this.#later(name, entry, this.#options.again ?? 600_000);
  }

  async #applyOne(object: AnyObject): Promise<void> {
    try {
      await apply(this.#server, object);
    } catch (error) {
      const other = isRefused(error) ? this.#options.otherwise(object) : undefined;
      if (other === undefined) throw error;
      await apply(this.#server, other);
    }
  }

  #later(name: string, entry: Entry, wait: number): void {
    if (this.#stopped || this.#entries.get(name) !== entry) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.#apply(name, entry), wait);
    entry.timer.unref();
  }
}

/**
 * The API server would refuse the same request again, unless something changes: not so after 401, 408, 409 and 429, nor
 * after what something in front of it answers.
 */
function isRefused(error: unknown): error is ApiError {
  return hasStatus(error, 400, 403, 404, 422);
}

function backoff(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  return Math.max(asked, Math.min(60_000, 500 * 2 ** Math.min(failures, 10)) * (1 + Math.random() / 2));
}

/** What proxies are made of. */
const made: Readonly<Record<string, Omit<Resource, "kind">>> = {
  ConfigMap: { group: "", version: "v1", plural: "configmaps", namespaced: true },
  Deployment: { group: "apps", version: "v1", plural: "deployments", namespaced: true },
  PodDisruptionBudget: { group: "policy", version: "v1", plural: "poddisruptionbudgets", namespaced: true },
  Service: { group: "", version: "v1", plural: "services", namespaced: true },
  ServiceAccount: { group: "", version: "v1", plural: "serviceaccounts", namespaced: true },
};

async function apply(server: ApiServer, object: AnyObject): Promise<void> {
  const { kind, metadata } = object;
  const resource = made[kind];
  if (resource === undefined) throw new RangeError(`proxies are made of no ${kind}`);
  await server.json({
    method: "PATCH",
    path: pathOf({ kind, ...resource }, metadata.namespace, metadata.name),
    query: { fieldManager, force: true },
    contentType: "application/apply-patch+yaml",
    body: object,
  });
}
