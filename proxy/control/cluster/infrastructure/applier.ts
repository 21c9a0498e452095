import { createHash } from "node:crypto";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { ApiError, hasStatus } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { pathOf } from "../../../sources/kubernetes/resource.ts";
import { fieldManager } from "./installation.ts";
import { madeResource } from "./made-kinds.ts";
import { ForeignObject, uidOfOwn } from "./ownership.ts";
import { RepairPace } from "./repair-pace.ts";

export interface ApplierOptions {
  readonly onFailure: (object: AnyObject, error: Error) => void;
  /** Returns an object to apply in place of one that the API server refuses; undefined if there is none. */
  readonly otherwise: (object: AnyObject) => AnyObject | undefined;
  /** Called when the result of `refusal` or `isApplied` has changed. */
  readonly onAnswered: () => void;
  /** Called when an object that somebody had changed or deleted has been restored. */
  readonly onRepaired: (object: AnyObject) => void;
  /** Milliseconds after which objects are applied again even if no change of them was seen. Default: 10 min. */
  readonly again?: number;
}

/** An object that the API server refuses, or whose name is taken by a foreign object. */
export interface ApplyRefusal {
  readonly object: AnyObject;
  readonly error: ApiError | ForeignObject;
}

interface Entry {
  readonly objects: readonly AnyObject[];
  readonly hash: string;
  /** The last refusal. Until the API server has answered for these objects, it is that of the previous objects. */
  refusal: ApplyRefusal | undefined;
  /** The API server has accepted or refused each of these objects. */
  answered: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  isApplying: boolean;
  /** The uids of objects that are known to be ours, by object. An object with another uid is checked again. */
  readonly uids: Map<string, string>;
  /** The latest resourceVersions that our own requests have produced, by object. */
  readonly versions: Map<string, readonly unknown[]>;
  /** resourceVersions that others may have produced, by object; undefined for an object that was deleted. */
  readonly drifted: Map<string, unknown>;
}

/**
 * Applies the objects of Gateways with server-side apply, under a field manager of our own. Fields that others own stay
 * theirs, such as the replicas of an autoscaler once `replicas` is left to it. Our fields are restored as soon as
 * somebody changes them. An object that the controller did not make is never changed.
 */
export class Applier {
  readonly #server: ApiServer;
  readonly #options: ApplierOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #paces = new Map<string, RepairPace>();
  #stopped = false;

  constructor(server: ApiServer, options: ApplierOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Sets the objects of each Gateway, by `namespace/name`. Unchanged objects are not applied again. */
  want(objects: ReadonlyMap<string, readonly AnyObject[]>): void {
    for (const [name, entry] of this.#entries) {
      if (objects.has(name)) continue;
      clearTimeout(entry.timer);
      this.#entries.delete(name);
      this.#paces.delete(name);
    }
    for (const [name, wanted] of objects) {
      const hash = createHash("sha256").update(JSON.stringify(wanted)).digest("hex");
      const known = this.#entries.get(name);
      if (known?.hash === hash) continue;
      clearTimeout(known?.timer);
      const entry: Entry = {
        objects: wanted,
        hash,
        refusal: known?.refusal,
        answered: false,
        failures: 0,
        timer: undefined,
        isApplying: false,
        uids: known?.uids ?? new Map(),
        versions: known?.versions ?? new Map(),
        drifted: new Map(),
      };
      this.#entries.set(name, entry);
      void this.#apply(name, entry);
    }
  }

  /**
   * Handles a change or deletion of an object. If somebody else made it and the object belongs to a Gateway, all
   * objects of the Gateway are applied again: at once, and more slowly if it happens again and again.
   *
   * @param now absent: the object was deleted.
   */
  changed(object: AnyObject, now: AnyObject | undefined): void {
    const key = keyOf(object);
    for (const [name, entry] of this.#entries) {
      if (!entry.objects.some((wanted) => keyOf(wanted) === key)) continue;
      const version = now === undefined ? undefined : versionOf(now);
      if (isOurs(entry, key, version)) return;
      const isFirst = entry.drifted.size === 0;
      entry.drifted.set(key, version);
      // The watch may deliver our own change before the response to our request. Once the response has come, our own
      // version is known.
      if (isFirst && !entry.isApplying) this.#repairSoon(name, entry);
      return;
    }
  }

  #repairSoon(name: string, entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.#apply(name, entry), this.#paceOf(name).wait(performance.now()));
    entry.timer.unref();
  }

  #paceOf(name: string): RepairPace {
    const pace = this.#paces.get(name) ?? new RepairPace();
    this.#paces.set(name, pace);
    return pace;
  }

  /**
   * Returns whether the API server has answered for all current objects of a Gateway. Until then `refusal` is that of
   * the previous objects.
   */
  isApplied(name: string): boolean {
    return this.#entries.get(name)?.answered ?? true;
  }

  /** Returns the first object of a Gateway that the API server refused last; undefined if it accepted them all. */
  refusal(name: string): ApplyRefusal | undefined {
    return this.#entries.get(name)?.refusal;
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }

  /**
   * Applies the objects one after another, since a Deployment needs its service account. A refused object does not keep
   * the others from being applied. If the API server does not answer, the rest waits for the retry.
   */
  async #apply(name: string, entry: Entry): Promise<void> {
    let refusal: ApplyRefusal | undefined;
    entry.isApplying = true;
    for (const object of entry.objects) {
      if (!this.#isCurrent(name, entry)) return;
      try {
        await this.#applyOne(name, entry, object);
      } catch (error) {
        if (this.#stopped) return;
        this.#options.onFailure(object, error as Error);
        if (!isRefused(error)) {
          entry.isApplying = false;
          return this.#later(name, entry, backoff(entry.failures++, error));
        }
        entry.drifted.delete(keyOf(object));
        refusal ??= { object, error };
      }
    }
    entry.isApplying = false;
    if (!this.#isCurrent(name, entry)) return;
    const isNews = !entry.answered || entry.refusal?.error.message !== refusal?.error.message;
    entry.refusal = refusal;
    entry.answered = true;
    if (isNews) this.#options.onAnswered();
    if (refusal !== undefined) return this.#later(name, entry, backoff(entry.failures++, refusal.error));
    entry.failures = 0;
    for (const [key, version] of entry.drifted) if (isOurs(entry, key, version)) entry.drifted.delete(key);
    if (entry.drifted.size > 0) this.#repairSoon(name, entry);
    else this.#later(name, entry, this.#options.again ?? 600_000);
  }

  #isCurrent(name: string, entry: Entry): boolean {
    return !this.#stopped && this.#entries.get(name) === entry;
  }

  async #applyOne(name: string, entry: Entry, object: AnyObject): Promise<void> {
    const key = keyOf(object);
    const isDrifted = entry.drifted.has(key);
    const found = entry.drifted.get(key);
    const version = await this.#applyOwn(entry, object);
    entry.versions.set(key, [version, ...(entry.versions.get(key) ?? [])].slice(0, remembered));
    if (!isDrifted) return;
    if (entry.drifted.get(key) === found) entry.drifted.delete(key);
    // The version is our own: the other writer changed no field of ours.
    if (isOurs(entry, key, found)) return;
    this.#paceOf(name).repaired(performance.now());
    this.#options.onRepaired(object);
  }

  /**
   * Applies an object that does not exist or is ours. The existing object is checked first, and again whenever somebody
   * has changed it. The uid makes the API server refuse the request if another object has taken the name since.
   *
   * @throws ForeignObject if the existing object was not made for this Gateway.
   */
  async #applyOwn(entry: Entry, object: AnyObject): Promise<unknown> {
    const key = keyOf(object);
    const isLookedAt = entry.uids.has(key) && !entry.drifted.has(key);
    const uid = isLookedAt ? entry.uids.get(key) : await uidOfOwn(this.#server, object);
    entry.uids.delete(key);
    const { metadata } = await this.#applyOr(object, uid);
    if (metadata.uid !== undefined) entry.uids.set(key, metadata.uid);
    return versionOf({ ...object, metadata });
  }

  async #applyOr(object: AnyObject, uid: string | undefined): Promise<AnyObject> {
    try {
      return await apply(this.#server, object, uid);
    } catch (error) {
      const other = isRefused(error) ? this.#options.otherwise(object) : undefined;
      if (other === undefined) throw error;
      return await apply(this.#server, other, uid);
    }
  }

  #later(name: string, entry: Entry, wait: number): void {
    if (!this.#isCurrent(name, entry)) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.#apply(name, entry), wait);
    entry.timer.unref();
  }
}

/**
 * Returns whether the API server would refuse the same request again as long as nothing changes. That is not so for
 * 401, 408, 409 and 429, nor for errors from something in front of the API server.
 */
function isRefused(error: unknown): error is ApiError | ForeignObject {
  return error instanceof ForeignObject || hasStatus(error, 400, 403, 404, 422);
}

function backoff(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  return Math.max(asked, Math.min(60_000, 500 * 2 ** Math.min(failures, 10)) * (1 + Math.random() / 2));
}

/** Number of versions of one object that are remembered: a watch may lag behind by some. */
const remembered = 8;

function isOurs({ versions }: Entry, key: string, version: unknown): boolean {
  return version !== undefined && versions.get(key)?.includes(version) === true;
}

/**
 * Applies an object. Without a uid, the name was free when it was checked, and the request has no `force`: if somebody
 * has made an object under it since, the API server answers 409 instead of taking over that object's fields.
 */
async function apply(server: ApiServer, object: AnyObject, uid: string | undefined): Promise<AnyObject> {
  const { kind, metadata } = object;
  return await server.json<AnyObject>({
    method: "PATCH",
    path: pathOf(madeResource(kind), metadata.namespace, metadata.name),
    kind,
    query: { fieldManager, ...(uid !== undefined && { force: true }) },
    contentType: "application/apply-patch+yaml",
    body: uid === undefined ? object : { ...object, metadata: { ...metadata, uid } },
  });
}

function versionOf({ metadata }: AnyObject): unknown {
  return (metadata as { readonly resourceVersion?: unknown }).resourceVersion;
}

function keyOf({ kind, metadata: { namespace, name } }: AnyObject): string {
  return `${kind} ${namespace}/${name}`;
}
