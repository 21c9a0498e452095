import type { ImmediateResponse, MatchedRequest, ReceivingListener } from "../routing/filters/request-changes.ts";
import { FilteredRequestState } from "../routing/filters/request-changes.ts";
import { modifyHeaders } from "../routing/rewrite/headers.ts";
import type { BoundFilter, PassageStep } from "./bound-filter.ts";
import { LazyFields } from "./fields.ts";
import type { FilterContext, FilteredRequest } from "./message.ts";
import { type CheckedRequest, checkRequest } from "./outcome.ts";

/** A request at the start of its rule's filters. */
export interface PassageRequest extends MatchedRequest {
  readonly listener: ReceivingListener;
  /** Address of the peer of the connection. */
  readonly peerAddress: string;
  /** The prefix of the path match that won (`prefixOf`). */
  readonly prefix: string | undefined;
  /** Returns the fields to forward if no filter changes them, including Host: alternating names and values. */
  fields(): readonly string[];
}

/**
 * The passage of one request through the filters of its rule and backend, in order. `simulate` and the proxy share it
 * for rules with custom filters. Each filter sees the changes of the previous ones. A filter that answers ends the
 * passage. Errors of filters are not thrown here.
 */
export class FilterPassage {
  /** The changes of the filters so far. */
  readonly changes: FilteredRequestState<BoundFilter>;
  readonly #request: PassageRequest;
  /** Called each time the passage has to wait for a filter. */
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
   * Runs a list of filters until the first one that answers. Returns a promise only if a filter is asynchronous. The
   * promise never rejects, and has no effect once the passage is over.
   */
  pass(steps: readonly PassageStep[], from = 0): Promise<void> | undefined {
    for (let i = from; i < steps.length && this.changes.answer === undefined && !this.#over; i++) {
      const pending = this.#step(steps[i] as PassageStep);
      if (pending !== undefined) return pending.then(() => this.pass(steps, i + 1));
    }
    return undefined;
  }

  /** True once the passage has ended, so that no filter can change the request any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Ends the passage because the filter that it waits for has exceeded its timeout. */
  expire(): void {
    const filter = this.#waiting;
    if (filter === undefined) return;
    if (filter.watch !== undefined) filter.watch.counts.timedOut++;
    this.changes.answer = failure("FilterTimeout", "A filter of the route did not decide in time.");
    this.stop();
  }

  /** Ends the passage because its outcome is no longer needed. */
  stop(): void {
    this.#over = true;
    this.#waiting = undefined;
    this.#abort?.abort();
  }

  /** Returns an independent passage that continues from the current changes. */
  fork(): FilterPassage {
    return new FilterPassage(this.#request, undefined, this.changes.fork());
  }

  /** The request's current fields, including Host: alternating names and values. */
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
      // The filter is too late: the request has been answered, or its client has gone.
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

  /** Created when a filter reads it, because most filters never do. */
  get #signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#over) this.#abort.abort();
    return this.#abort.signal;
  }
}

function changesOf(request: PassageRequest): FilteredRequestState<BoundFilter> {
  return new FilteredRequestState(request, request.listener, request.prefix);
}

function failure(reason: string, message: string): ImmediateResponse {
  return { status: 500, reason, message, headers: [] };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
