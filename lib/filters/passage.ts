import type { FilterAnswer, MatchedRequest, ReceivingListener } from "../routing/filters/request-changes.ts";
import { RequestChanges } from "../routing/filters/request-changes.ts";
import { modifyHeaders } from "../routing/rewrite/headers.ts";
import type { BoundFilter, PassageStep } from "./bound-filter.ts";
import { LazyFields } from "./fields.ts";
import type { FilterContext, FilteredRequest } from "./message.ts";
import { type CheckedRequest, checkRequest } from "./outcome.ts";

/** A request as it comes to its rule's filters. */
export interface PassageRequest extends MatchedRequest {
  readonly listener: ReceivingListener;
  /** Address of the peer that connected. */
  readonly peerAddress: string;
  /** The prefix that the request was matched by (`prefixOf`). */
  readonly prefix: string | undefined;
  /** The fields that would be forwarded if nothing changed, Host among them: names and values in turn. */
  fields(): readonly string[];
}

/**
 * One request's way through the filters of its rule and of its backend, in the order of the lists: what simulate and
 * the wire have in common as soon as a rule has a filter of somebody's own. Each filter sees what those in front have
 * made of the request; one that answers ends the way. Nothing that a filter does is thrown here.
 */
export class FilterPassage {
  /** What the filters so far have made of the request. */
  readonly changes: RequestChanges<BoundFilter>;
  readonly #request: PassageRequest;
  /** Told each time a filter has to be waited for. */
  readonly #onWait: () => void;
  #waiting: BoundFilter | undefined;
  #abort: AbortController | undefined;
  #over = false;

  constructor(request: PassageRequest, onWait: () => void = () => {}, changes = changesOf(request)) {
    this.#request = request;
    this.#onWait = onWait;
    this.changes = changes;
  }

  /**
   * Passes a list of filters, until the first answer. A promise is returned only if a filter has to be waited for; it
   * never rejects, and does nothing any more once the passage is over.
   */
  pass(steps: readonly PassageStep[], from = 0): Promise<void> | undefined {
    for (let i = from; i < steps.length && this.changes.answer === undefined && !this.#over; i++) {
      const pending = this.#step(steps[i] as PassageStep);
      if (pending !== undefined) return pending.then(() => this.pass(steps, i + 1));
    }
    return undefined;
  }

  /** Nothing is decided any more. */
  get over(): boolean {
    return this.#over;
  }

  /** The filter that is waited for has taken too long. */
  expire(): void {
    const filter = this.#waiting;
    if (filter === undefined) return;
    if (filter.watch !== undefined) filter.watch.counts.timedOut++;
    this.changes.answer = failure("FilterTimeout", "A filter of the route did not decide in time.");
    this.stop();
  }

  /** Nobody wants the outcome any more. */
  stop(): void {
    this.#over = true;
    this.#waiting = undefined;
    this.#abort?.abort();
  }

  /** Another passage that goes on from here, by itself. */
  fork(): FilterPassage {
    return new FilterPassage(this.#request, undefined, this.changes.fork());
  }

  /** The fields of the request as they stand, Host among them: names and values in turn. */
  get fields(): readonly string[] {
    const { sentHost, headers } = this.changes;
    const host = sentHost === undefined ? [] : [{ set: [{ name: "host", value: sentHost }], add: [], remove: [] }];
    return [...host, ...headers].reduce(modifyHeaders, this.#request.fields());
  }

  #step(step: PassageStep): Promise<void> | undefined {
    if (typeof step === "function") step(this.changes);
    else if (step.type === "BoundFilter") return this.#run(step);
    else this.changes.answer = failure(step.reason, step.message);
    return undefined;
  }

  #run(filter: BoundFilter): Promise<void> | undefined {
    const { changes } = this;
    if (filter.kind.response !== undefined) changes.responseSteps = [...changes.responseSteps, filter];
    if (filter.kind.request === undefined) return undefined;
    const headers = new LazyFields(() => this.fields);
    try {
      const outcome = filter.kind.request(this.#view(headers), this.#context(filter));
      if (isThenable(outcome)) return this.#wait(filter, headers, outcome);
      headers.close();
      this.#take(filter, checkRequest(outcome, changes));
    } catch (error) {
      headers.close();
      this.#fail(filter, error);
    }
    return undefined;
  }

  #wait(filter: BoundFilter, headers: LazyFields, outcome: PromiseLike<unknown>): Promise<void> {
    this.#waiting = filter;
    this.#onWait();
    const settle = (take: () => void) => {
      headers.close();
      // Too late: the request has been answered, or its client is gone.
      if (this.#waiting !== filter || this.#over) return;
      this.#waiting = undefined;
      take();
    };
    const take = (value: unknown) => {
      try {
        this.#take(filter, checkRequest(value, this.changes));
      } catch (error) {
        this.#fail(filter, error);
      }
    };
    return Promise.resolve(outcome).then(
      (value) => settle(() => take(value)),
      (error) => settle(() => this.#fail(filter, error)),
    );
  }

  #take({ watch }: BoundFilter, outcome: CheckedRequest): void {
    if (watch !== undefined) watch.counts[outcome.kind === "answer" ? "answered" : "passed"]++;
    if (outcome.kind === "answer") this.changes.answer = { ...outcome.answer, reason: "ExtensionRef", message: "" };
    if (outcome.kind !== "change") return;
    const { headers, host, path, query } = outcome;
    this.changes.move({ path, query }, host);
    if (headers !== undefined) this.changes.headers = [...this.changes.headers, headers];
  }

  #fail({ watch }: BoundFilter, error: unknown): void {
    this.changes.answer = failure("FilterFailed", "A filter of the route failed.");
    if (watch === undefined) return;
    watch.counts.failed++;
    watch.failed(error);
  }

  #view(headers: LazyFields): FilteredRequest {
    const { method, listener, peerAddress: address } = this.#request;
    const { scheme } = listener;
    const { host, path, query } = this.changes;
    return { method, scheme, host, path, query, headers, peer: { address } };
  }

  #context({ name, namespace, spec }: BoundFilter): FilterContext<unknown> {
    const signal = () => this.#signal;
    return {
      name,
      namespace,
      spec,
      get signal() {
        return signal();
      },
    };
  }

  /** Made when a filter asks for it: most never do. */
  get #signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#over) this.#abort.abort();
    return this.#abort.signal;
  }
}

function changesOf(request: PassageRequest): RequestChanges<BoundFilter> {
  return new RequestChanges(request, request.listener, request.prefix);
}

function failure(reason: string, message: string): FilterAnswer {
  return { status: 500, reason, message, headers: [] };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
