import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { ApiError, isExpired, isMissingPath } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { isServed } from "./discovery.ts";
import { list } from "./list.ts";
import { apiVersionOfResource, type Resource } from "./resource.ts";
import { watch } from "./watch.ts";

/** What a reflector reads, and how patient it is. */
export interface ReflectorOptions {
  /** The versions of one kind, the best first; the first that the API server has is read. */
  readonly resources: readonly Resource[];
  /** Default: all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** What is kept of an object; undefined: nothing, as if it were not there. Default: all but `metadata.managedFields`. */
  readonly keep?: (object: AnyObject) => AnyObject | undefined;
  readonly patience?: Partial<Patience>;
}

/** Times in milliseconds. */
export interface Patience {
  /** The API server is asked to end each watch after this time, and up to twice as long by chance. Default: 5 min. */
  readonly watch: number;
  /**
   * Without anything from a watch, bookmarks included, which come about once a minute; then it is taken for dead, as it
   * is behind a load balancer that has forgotten it, and begun anew where it stopped. Default: 150 s.
   */
  readonly idle: number;
  /** Before the second try after a failure; doubled each time, with up to half of it more by chance. Default: 500 ms. */
  readonly firstBackoff: number;
  /** The longest wait between tries. Default: 10 s, so that an outage is not much longer for us than it was. */
  readonly longestBackoff: number;
  /** Between two looks for a kind that the API server does not have. Default: 30 s. */
  readonly absent: number;
}

export const defaultPatience: Patience = {
  watch: 300_000,
  idle: 150_000,
  firstBackoff: 500,
  longestBackoff: 10_000,
  absent: 30_000,
};

/** Who is told what a reflector sees. */
export interface ReflectorSink {
  /** All objects there are, in place of what was known: after each list. */
  replace(objects: readonly AnyObject[]): void;
  upsert(object: AnyObject): void;
  remove(object: AnyObject): void;
  /** The API server could not be read; it is tried again. The objects known so far stay as they are. */
  failed(error: Error): void;
}

/**
 * Keeps up with the objects of one kind: a list, then a watch from where it ended, for as long as it runs. A watch that
 * ends, fails or falls silent is taken up again at the last version seen; one whose version is too old (410) begins
 * with a new list. A kind that the API server does not have is an empty list, looked for again now and then; that it
 * does not have it, discovery has to confirm.
 */
export class Reflector {
  readonly #server: ApiServer;
  readonly #options: ReflectorOptions;
  readonly #sink: ReflectorSink;
  readonly #patience: Patience;
  readonly #random: () => number;
  /** From where to watch; undefined when only a list will do. */
  #version: string | undefined;
  #failures = 0;
  /** Place in `resources`. */
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

  /** One list or one watch. @returns how long to wait before the next. */
  async #turn(signal: AbortSignal): Promise<number> {
    try {
      return await this.#read(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      if (isExpired(error)) {
        this.#version = undefined;
        // A second 410 in a row comes from a server that is behind: that is a failure like any other.
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

  /** @returns how long to wait before the next: one that ends at once without a word must not be begun in a loop. */
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

  get #resource(): Resource {
    return this.#options.resources[this.#chosen] as Resource;
  }

  get #selectors() {
    const { fieldSelector, labelSelector } = this.#options;
    return { fieldSelector, labelSelector };
  }

  /** What is not kept any more is as good as gone. */
  #take(object: AnyObject, gone: boolean): void {
    const kept = gone ? undefined : this.#kept(object);
    if (kept === undefined) this.#sink.remove(object);
    else this.#sink.upsert(kept);
  }

  #kept(object: AnyObject): AnyObject | undefined {
    const { keep } = this.#options;
    return keep === undefined ? object : keep(object);
  }

  /** The items of a list do not say what they are. */
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

  /** Spread, so that all who lost the server at one time do not come back at one time. */
  #jittered(time: number): number {
    return time * (1 + this.#random() / 2);
  }
}
