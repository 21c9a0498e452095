import { isDeepStrictEqual } from "node:util";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { objectKey } from "../../../../lib/api/load/identity.ts";
import type { ObjectReference } from "../../../../lib/findings/finding.ts";
import type { ObjectStatus } from "../../../../lib/routing/attach/statuses.ts";
import { ApiError, isConflict, isNotFound } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { pathOf, resourceOf } from "../../../sources/kubernetes/resource.ts";
import { timeNow } from "../times.ts";
import { mergeStatus } from "./merge.ts";
import { refusedConditions } from "./refusals.ts";

export interface StatusWriterOptions {
  readonly controllerNames: ReadonlySet<string>;
  /** Returns the object as it was last read; undefined if it was deleted. */
  readonly current: (reference: ObjectReference) => AnyObject | undefined;
  /** Called when a condition of the object has begun to report a problem. */
  readonly onRefused: (object: AnyObject, condition: ReturnType<typeof refusedConditions>[number]) => void;
  readonly onFailure: (reference: ObjectReference, error: Error) => void;
  /** Maximum number of concurrent writes. Default: 8. */
  readonly concurrency?: number;
  /** Minimum milliseconds between two writes of one object. Default: 250. */
  readonly interval?: number;
}

interface Entry {
  readonly reference: ObjectReference;
  wanted: ObjectStatus["status"];
  /** The response to our last write, until a watch delivers a newer version. */
  written: AnyObject | undefined;
  /** The time, by `performance.now()`, before which the object is not written again. */
  notBefore: number;
  /** The last status that was written, and the resourceVersion that resulted. */
  sent: { readonly status: unknown; readonly version: unknown } | undefined;
  failures: number;
  state: "settled" | "queued" | "writing";
}

/**
 * Writes statuses that differ from the stored ones. A write carries the resourceVersion that it was made from, so that
 * a concurrent write of another controller is never lost: on a conflict, the status is merged into the newer version.
 */
export class StatusWriter {
  readonly #server: ApiServer;
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();
  #queue: Entry[] = [];
  #writing = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Number of writes so far. */
  writes = 0;

  constructor(server: ApiServer, options: StatusWriterOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Sets the wanted status of every object. The status of an object that is no longer in the list stays as it is. */
  want(statuses: readonly ObjectStatus[]): void {
    const named = new Set<string>();
    for (const { object, status } of statuses) {
      const key = objectKey(object);
      named.add(key);
      const known = this.#entries.get(key);
      if (known === undefined) {
        const entry: Entry = {
          reference: object,
          wanted: status,
          written: undefined,
          notBefore: 0,
          sent: undefined,
          failures: 0,
          state: "settled",
        };
        this.#entries.set(key, entry);
        this.#enqueue(entry);
      } else {
        known.wanted = status;
        this.#enqueue(known);
      }
    }
    for (const key of this.#entries.keys()) if (!named.has(key)) this.#entries.delete(key);
    this.#work();
  }

  /** Notes that a watch has delivered a newer version of an object, whose status somebody else may have written. */
  seen(reference: ObjectReference): void {
    const entry = this.#entries.get(objectKey(reference));
    if (entry === undefined) return;
    entry.written = undefined;
    this.#enqueue(entry);
    this.#work();
  }

  /** Stops writing, since another process leads. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#entries.clear();
    this.#queue = [];
  }

  #enqueue(entry: Entry): void {
    if (entry.state !== "settled") return;
    entry.state = "queued";
    this.#queue.push(entry);
  }

  #work(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    const waiting: Entry[] = [];
    for (const entry of this.#queue) {
      if (this.#entries.get(objectKey(entry.reference)) !== entry) continue;
      if (entry.notBefore > now) next = Math.min(next, entry.notBefore);
      if (entry.notBefore > now || this.#writing >= (this.#options.concurrency ?? 8)) {
        waiting.push(entry);
        continue;
      }
      const patch = this.#patchOf(entry);
      if (patch === undefined) entry.state = "settled";
      else void this.#write(entry, patch);
    }
    this.#queue = waiting;
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#work(), next - now);
    this.#timer.unref();
  }

  /**
   * Returns the write that an object needs, if any. Older CRDs drop fields that they do not know; a status that was
   * written already is not written again for that.
   */
  #patchOf({ reference, wanted, written, sent }: Entry): Patch | undefined {
    const object = written ?? this.#options.current(reference);
    if (object === undefined) return undefined;
    const status = mergeStatus(object.status, wanted, this.#options.controllerNames, timeNow());
    if (status === undefined) return undefined;
    const isSent = sent !== undefined && sent.version === versionOf(object) && isDeepStrictEqual(sent.status, status);
    return isSent ? undefined : { object, status };
  }

  async #write(entry: Entry, { object, status }: Patch): Promise<void> {
    entry.state = "writing";
    this.#writing++;
    const resourceVersion = versionOf(object);
    const { namespace, name } = object.metadata;
    try {
      entry.written = await this.#server.json<AnyObject>({
        method: "PATCH",
        path: pathOf(resourceOf(object.apiVersion, object.kind), namespace, name, "status"),
        kind: object.kind,
        contentType: "application/merge-patch+json",
        body: { metadata: { resourceVersion }, status },
      });
      entry.sent = { status, version: versionOf(entry.written) };
      this.writes++;
      entry.failures = 0;
      entry.notBefore = performance.now() + (this.#options.interval ?? 250);
      for (const condition of refusedConditions(object.status, status, this.#options.controllerNames)) {
        this.#options.onRefused(object, condition);
      }
    } catch (error) {
      this.#failed(entry, error as Error);
    } finally {
      this.#writing--;
      entry.state = "settled";
      this.#enqueue(entry);
      this.#work();
    }
  }

  /** Delays the next write. A conflict or a missing object is not reported: the watch will deliver the change. */
  #failed(entry: Entry, error: Error): void {
    if (this.#stopped) return;
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
    const backoff = Math.min(30_000, 250 * 2 ** Math.min(entry.failures++, 10));
    entry.written = undefined;
    entry.notBefore = performance.now() + Math.max(asked, backoff * (1 + Math.random() / 2));
    if (!isConflict(error) && !isNotFound(error)) this.#options.onFailure(entry.reference, error);
  }
}

function versionOf({ metadata }: AnyObject): unknown {
  return (metadata as { readonly resourceVersion?: string }).resourceVersion;
}

interface Patch {
  readonly object: AnyObject;
  readonly status: Readonly<Record<string, unknown>>;
}
