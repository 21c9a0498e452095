import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { ApiError, isExpired, isMissingPath } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { isServed } from "./discovery.ts";
import { list } from "./list.ts";
import { type ApiResource, apiVersionOfResource } from "./resource.ts";
import { watch } from "./watch.ts";

/** The kind that a reflector reads, and its timing. */
export interface ReflectorOptions {
  /** The versions of one kind, the preferred one first. The first that the API server serves is read. */
  readonly resources: readonly ApiResource[];
  /** Default: all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /**
   * Maps an object to the part of it to keep; undefined drops the object, as if it did not exist. Default: keeps all
   * but `metadata.managedFields`.
   */
  readonly keep?: (object: AnyObject) => AnyObject | undefined;
  readonly patience?: Partial<Patience>;
}

/** Times in milliseconds. */
export interface Patience {
  /** Requested duration of a watch (`timeoutSeconds`); up to twice as long, at random. Default: 5 min. */
  readonly watch: number;
  /**
   * Time without any event of a watch, after which it counts as dead. Bookmarks count as events and come about once a
   * minute. A load balancer that has dropped the connection makes a watch silent. A new watch begins at the last
   * version seen. Default: 150 s.
   */
  readonly idle: number;
  /** Wait before the first retry; doubled after each failure, plus up to half of it at random. Default: 500 ms. */
  readonly firstBackoff: number;
  /** Longest wait between retries. Default: 10 s, so that we recover soon after the API server does. */
  readonly longestBackoff: number;
  /** Time between two checks for a kind that the API server does not serve. Default: 30 s. */
  readonly absent: number;
}

export const defaultPatience: Patience = {
  watch: 300_000,
  idle: 150_000,
  firstBackoff: 500,
  longestBackoff: 10_000,
  absent: 30_000,
};

/** Receives the objects that a reflector reads. */
export interface ReflectorSink {
  /** Replaces all objects; called after each list. */
  replace(objects: readonly AnyObject[]): void;
  upsert(object: AnyObject): void;
  remove(object: AnyObject): void;
  /** Called when the API server could not be read. The reflector retries, and the objects read before stay. */
  failed(error: Error): void;
}

/**
 * Mirrors the objects of one kind: a list, then a watch from the version of that list, until the signal. When a watch
 * ends, fails or falls silent, a new one begins at the last version seen; if that version is too old (410), a new list
 * comes first. A kind that the API server does not serve counts as an empty list and is checked for again from time to
 * time; discovery has to confirm that it is not served.
 */
export class Reflector {
  readonly #server: ApiServer;
  readonly #options: ReflectorOptions;
  readonly #sink: ReflectorSink;
  readonly #patience: Patience;
  readonly #random: () => number;
  /** The version from which to watch; undefined if a list has to come first. */
  #version: string | undefined;
  #failures = 0;
  /** Index in `resources`. */
  #chosen = 0;

  constructor(server: ApiServer, options: ReflectorOptions, sink: ReflectorSink, random: () => number = Math.random) {
    this.#server = server;
    this.#options = options;
    this.#sink = sink;
    this.#patience = { ...defaultPatience, ...options.patience };
    this.#random = random;
  }

  /** Runs until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = await this.#turn(signal);
      if (pause > 0) await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /**
   * Does one list or one watch.
   *
   * @returns milliseconds to wait before the next one.
   */
  async #turn(signal: AbortSignal): Promise<number> {
    try {
      return await this.#read(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      if (isExpired(error)) {
        this.#version = undefined;
        // A second 410 in a row comes from an API server that lags behind: it counts as a failure like any other.
        return this.#failures++ === 0 ? 0 : this.#backoff(error as ApiError);
      }
      this.#sink.failed(error as Error);
      return this.#backoff(error as Error);
    }
  }

  async #read(signal: AbortSignal): Promise<number> {
    try {
      if (this.#version !== undefined) return await this.#watch(this.#version, signal);
      await this.#list(signal);
      return 0;
    } catch (error) {
      if (!isMissingPath(error)) throw error;
      if (!(await isServed(this.#server, this.#resource, error, signal))) return this.#tryNextVersion();
      throw error;
    }
  }

  #tryNextVersion(): number {
    this.#version = undefined;
    this.#chosen = (this.#chosen + 1) % this.#options.resources.length;
    if (this.#chosen > 0) return 0;
    this.#sink.replace([]);
    return this.#jittered(this.#patience.absent);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { objects, version } = await list(
      this.#server,
      this.#resource,
      this.#selectors,
      signal,
      this.#options.namespace,
    );
    this.#sink.replace(objects.flatMap((object) => this.#kept(this.#whole(object)) ?? []));
    this.#version = version;
    this.#failures = 0;
  }

  /**
   * Watches until the watch ends.
   *
   * @returns milliseconds to wait before the next one: a watch that ends at once without an event must not be repeated
   *   in a busy loop.
   */
  async #watch(from: string, signal: AbortSignal): Promise<number> {
    const { idle, watch: time, firstBackoff } = this.#patience;
    const seconds = Math.ceil((time / 1000) * (1 + this.#random()));
    const begun = performance.now();
    let silent = true;
    const events = watch(
      this.#server,
      this.#resource,
      { ...this.#selectors, from, seconds, idle, namespace: this.#options.namespace },
      signal,
    );
    for await (const { type, object } of events) {
      this.#version = object.metadata.resourceVersion ?? this.#version;
      this.#failures = 0;
      silent = false;
      if (type !== "BOOKMARK") this.#take(this.#whole(object), type === "DELETED");
    }
    return silent && performance.now() - begun < firstBackoff ? this.#backoff() : 0;
  }

  get #resource(): ApiResource {
    return this.#options.resources[this.#chosen] as ApiResource;
  }

  get #selectors() {
    const { fieldSelector, labelSelector } = this.#options;
    return { fieldSelector, labelSelector };
  }

  /** An object that `keep` drops counts as deleted. */
  #take(object: AnyObject, gone: boolean): void {
    const kept = gone ? undefined : this.#kept(object);
    if (kept === undefined) this.#sink.remove(object);
    else this.#sink.upsert(kept);
  }

  #kept(object: AnyObject): AnyObject | undefined {
    const { keep } = this.#options;
    return keep === undefined ? object : keep(object);
  }

  /** Adds apiVersion and kind, which the items of a list lack, and removes managedFields. */
  #whole(object: AnyObject): AnyObject {
    const resource = this.#resource;
    const { managedFields: _, ...metadata } = object.metadata as AnyObject["metadata"] & { managedFields?: unknown };
    return { ...object, apiVersion: apiVersionOfResource(resource), kind: resource.kind, metadata };
  }

  #backoff(error?: Error): number {
    const { firstBackoff, longestBackoff } = this.#patience;
    const wait = Math.min(longestBackoff, firstBackoff * 2 ** Math.min(this.#failures++, 16));
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
    return Math.max(asked, this.#jittered(wait));
  }

  /** Adds a random part, so that clients that lost the API server together do not come back together. */
  #jittered(time: number): number {
    return time * (1 + this.#random() / 2);
  }
}
