import { createHash } from "node:crypto";
import type { AnyObject } from "../../../../lib/api/declared.ts";
import { ApiError, isNotFound } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { fieldManager } from "./installation.ts";

export interface ApplierOptions {
  readonly onFailure: (object: AnyObject, error: Error) => void;
  /** Milliseconds after which what was applied is applied again, whoever may have changed it. Default: 10 min. */
  readonly again?: number;
}

interface Entry {
  readonly objects: readonly AnyObject[];
  readonly hash: string;
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
      const entry: Entry = { objects: wanted, hash, failures: 0, timer: undefined };
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

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }

  /** One after another: a Deployment wants its service account to be there. */
  async #apply(name: string, entry: Entry): Promise<void> {
    for (const object of entry.objects) {
      if (this.#stopped || this.#entries.get(name) !== entry) return;
      try {
        await apply(this.#server, object);
      } catch (error) {
        this.#options.onFailure(object, error as Error);
        this.#later(name, entry, backoff(entry.failures++, error));
        return;
      }
    }
    entry.failures = 0;
    this.#later(name, entry, this.#options.again ?? 600_000);
  }

  #later(name: string, entry: Entry, wait: number): void {
    if (this.#stopped || this.#entries.get(name) !== entry) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.#apply(name, entry), wait);
    entry.timer.unref();
  }
}

function backoff(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  return Math.max(asked, Math.min(60_000, 500 * 2 ** Math.min(failures, 10)) * (1 + Math.random() / 2));
}

const plurals: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  Deployment: "deployments",
  PodDisruptionBudget: "poddisruptionbudgets",
  Secret: "secrets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
};

/** Applies one object of a kind that proxies are made of. */
export async function apply(server: ApiServer, object: AnyObject): Promise<AnyObject> {
  const { namespace, name } = object.metadata;
  return server.json<AnyObject>({
    method: "PATCH",
    path: pathOf(object.apiVersion, object.kind, namespace ?? "default", name),
    query: { fieldManager, force: true },
    contentType: "application/apply-patch+yaml",
    body: object,
  });
}

export async function remove(server: ApiServer, object: AnyObject): Promise<void> {
  const { namespace, name } = object.metadata;
  try {
    await server.json({ method: "DELETE", path: pathOf(object.apiVersion, object.kind, namespace ?? "default", name) });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function pathOf(apiVersion: string, kind: string, namespace: string, name: string): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new RangeError(`proxies are made of no ${kind}`);
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
}
