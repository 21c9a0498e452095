import type { FilterIR, HeaderIR, HeaderModifierIR } from "../routing/ir.ts";
import { answerCORS } from "../routing/rewrite/cors.ts";
import { modifyHeaders } from "../routing/rewrite/headers.ts";
import { redirectLocation, rewriteRequest } from "../routing/rewrite.ts";
import type { BoundFilter, FilterStep } from "./bound-filter.ts";
import { LazyFields } from "./fields.ts";
import type { FilterContext, FilteredRequest } from "./message.ts";
import { type CheckedRequest, checkRequest } from "./outcome.ts";

/** A request as it comes to its rule's filters. */
export interface PassageRequest {
  readonly method: string;
  /** As the listener sees it. */
  readonly scheme: "http" | "https";
  /** The listener's. */
  readonly port: number;
  /** Normalized, without port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** Of whoever connected. */
  readonly peerAddress: string;
  /** The prefix that the request was matched by (`prefixOf`). */
  readonly prefix: string | undefined;
  /** The request's own, by lower-case name. */
  header(name: string): string | undefined;
  /** The fields that would be forwarded if nothing changed, Host among them: names and values in turn. */
  fields(): readonly string[];
  /** A modifier of the IR as it is carried out here. */
  modifier(modifier: HeaderModifierIR): HeaderModifierIR;
}

/** A response that filters give in a backend's place. */
export interface PassageAnswer {
  readonly status: number;
  /** The filter's type, or what failed: a stable word. */
  readonly reason: string;
  /** For people; empty for what is no failure. */
  readonly message: string;
  readonly headers: readonly HeaderIR[];
  /** Bytes as latin1 text. Absent: whatever goes with the status. */
  readonly body?: string;
}

export type MirrorFilter = Extract<FilterIR, { type: "RequestMirror" }>;

const noHeaders: HeaderModifierIR = { set: [], add: [], remove: [] };

/**
 * One request's way through the filters of its rule and of its backend, in the order of the lists: what simulate and
 * the wire have in common as soon as a rule has a filter of somebody's own. Each filter sees what those in front have
 * made of the request; one that answers ends the way. Nothing that a filter does is thrown here.
 */
export class FilterPassage {
  path: string;
  query: string;
  /** Normalized. */
  host: string;
  /** The Host to send; undefined for the one that came. */
  sentHost: string | undefined;
  /** What is done to the fields of the request, first to last. */
  readonly modifiers: HeaderModifierIR[] = [];
  readonly mirrors: MirrorFilter[] = [];
  /** What CORS filters do to the response, with the last word. */
  readonly cors: HeaderModifierIR[] = [];
  /** What else is done to a response, first to last. */
  readonly responseSteps: (HeaderModifierIR | BoundFilter)[] = [];
  answer: PassageAnswer | undefined;
  readonly #request: PassageRequest;
  /** Told each time a filter has to be waited for. */
  readonly #onWait: () => void;
  #waiting: BoundFilter | undefined;
  #abort: AbortController | undefined;
  #over = false;

  constructor(request: PassageRequest, onWait: () => void = () => {}) {
    this.#request = request;
    this.#onWait = onWait;
    this.path = request.path;
    this.query = request.query;
    this.host = request.host;
  }

  /**
   * Passes a list of filters, until the first answer. A promise is returned only if a filter has to be waited for; it
   * never rejects, and does nothing any more once the passage is over.
   */
  pass(steps: readonly FilterStep[], from = 0): Promise<void> | undefined {
    for (let i = from; i < steps.length && this.answer === undefined && !this.#over; i++) {
      const pending = this.#step(steps[i] as FilterStep);
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
    this.answer = failure("FilterTimeout", "A filter of the route did not decide in time.");
    this.stop();
  }

  /** Nobody wants the outcome any more. */
  stop(): void {
    this.#over = true;
    this.#waiting = undefined;
    this.#abort?.abort();
  }

  /** Another one that goes on from here, by itself. */
  fork(): FilterPassage {
    const fork = new FilterPassage(this.#request);
    const { path, query, host, sentHost } = this;
    Object.assign(fork, { path, query, host, sentHost });
    fork.modifiers.push(...this.modifiers);
    fork.cors.push(...this.cors);
    fork.responseSteps.push(...this.responseSteps);
    return fork;
  }

  /** What is done to the head of a response, as far as that is known without seeing it. */
  get plainResponseModifiers(): HeaderModifierIR[] {
    return [...this.responseSteps.flatMap((step) => ("kind" in step ? [] : [step])), ...this.cors];
  }

  /** The fields of the request as they stand, Host among them: names and values in turn. */
  get fields(): readonly string[] {
    const { sentHost } = this;
    const sent = sentHost === undefined ? undefined : { ...noHeaders, set: [{ name: "host", value: sentHost }] };
    const fields = sent === undefined ? this.#request.fields() : modifyHeaders(this.#request.fields(), sent);
    return this.modifiers.reduce<readonly string[]>((list, modifier) => modifyHeaders(list, modifier), fields);
  }

  #step(step: FilterStep): Promise<void> | undefined {
    switch (step.type) {
      case "BoundFilter":
        return this.#run(step);
      case "MissingFilter":
        this.answer = failure(step.reason, step.message);
        break;
      case "RequestHeaderModifier":
        this.modifiers.push(this.#request.modifier(step));
        break;
      case "ResponseHeaderModifier":
        this.responseSteps.push(this.#request.modifier(step));
        break;
      case "URLRewrite": {
        const { path, query, host } = rewriteRequest(step, this, this.#prefix);
        this.path = path;
        this.query = query;
        if (host !== undefined) this.#sendTo(host, host);
        break;
      }
      case "RequestMirror":
        this.mirrors.push(step);
        break;
      case "CORS":
        this.#applyCORS(step);
        break;
      case "RequestRedirect": {
        const { scheme, port } = this.#request;
        const { path, query, host } = this;
        const value = redirectLocation(step, { scheme, port, path, query, host }, this.#prefix);
        const headers = [{ name: "location", value }];
        this.answer = { status: step.statusCode, reason: "RequestRedirect", message: "", headers };
        break;
      }
    }
    return undefined;
  }

  /** Of a path that a filter has moved from under its prefix there is nothing left to replace. */
  get #prefix(): string | undefined {
    const { prefix } = this.#request;
    if (prefix === undefined || this.path === prefix || this.path.startsWith(`${prefix}/`)) return prefix;
    return undefined;
  }

  #applyCORS(filter: Extract<FilterIR, { type: "CORS" }>): void {
    const { kind, headers } = answerCORS(filter, this.#request);
    const modifier = this.#request.modifier(headers);
    if (kind === "actual") this.cors.push(modifier);
    else {
      const fields = [...modifier.set, ...modifier.add];
      this.answer = { status: 200, reason: "CORSPreflight", message: "", headers: fields };
    }
  }

  #sendTo(sent: string, normalized: string): void {
    this.sentHost = sent;
    this.host = normalized;
    // A modifier in front that sets Host would otherwise have its say behind this one.
    if (this.modifiers.some(({ set }) => set.some(({ name }) => name === "host"))) {
      this.modifiers.push({ ...noHeaders, set: [{ name: "host", value: sent }] });
    }
  }

  #run(filter: BoundFilter): Promise<void> | undefined {
    if (filter.kind.response !== undefined) this.responseSteps.push(filter);
    if (filter.kind.request === undefined) return undefined;
    const headers = new LazyFields(() => this.fields);
    try {
      const outcome = filter.kind.request(this.#view(headers), this.#context(filter));
      if (isThenable(outcome)) return this.#wait(filter, headers, outcome);
      headers.close();
      this.#take(filter, checkRequest(outcome, this));
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
        this.#take(filter, checkRequest(value, this));
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
    if (outcome.kind === "answer") this.answer = { ...outcome.answer, reason: "ExtensionRef", message: "" };
    if (outcome.kind !== "change") return;
    const { headers, host, path, query } = outcome;
    this.path = path;
    this.query = query;
    if (host !== undefined) this.#sendTo(host.sent, host.normalized);
    if (headers !== undefined) this.modifiers.push(headers);
  }

  #fail({ watch }: BoundFilter, error: unknown): void {
    this.answer = failure("FilterFailed", "A filter of the route failed.");
    if (watch === undefined) return;
    watch.counts.failed++;
    watch.failed(error);
  }

  #view(headers: LazyFields): FilteredRequest {
    const { method, scheme, peerAddress: address } = this.#request;
    const { host, path, query } = this;
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

function failure(reason: string, message: string): PassageAnswer {
  return { status: 500, reason, message, headers: [] };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
