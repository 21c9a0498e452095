import type { FilterIR, HeaderIR, HeaderModifierIR } from "../ir.ts";
import type { CORSRequest } from "../rewrite/cors.ts";
import { modifyPath, type PathAndQuery, redirectLocation } from "../rewrite.ts";
import type { SentHost } from "./header-modifier.ts";

/** A request as the routing rules matched it. */
export interface MatchedRequest extends CORSRequest, PathAndQuery {
  /** Normalized, without port. */
  readonly host: string;
}

/** The listener that received the request. */
export interface ReceivingListener {
  readonly scheme: "http" | "https";
  readonly port: number;
}

/** A response that a filter sends in place of a backend. */
export interface ImmediateResponse {
  readonly status: number;
  /** A stable word: the filter's type, or the cause of a failure. */
  readonly reason: string;
  /** A sentence for people. Empty unless something failed. */
  readonly message: string;
  readonly headers: readonly HeaderIR[];
  /** Bytes as latin1 text. Absent: the default body of the status. */
  readonly body?: string;
}

export type MirrorFilter = Extract<FilterIR, { type: "RequestMirror" }>;

type RedirectFilter = Extract<FilterIR, { type: "RequestRedirect" }>;
type RewriteFilter = Extract<FilterIR, { type: "URLRewrite" }>;

const none: readonly never[] = [];

/**
 * The changes that the filters of a rule and of its backend make to one request and its response. The filters run in
 * the order of their lists, the rule's before the backend's (`filterTypes`), in `simulate` and in the proxy alike.
 *
 * A path modifier replaces the path that was *matched*, or the matched prefix, so that the last of several path
 * modifiers decides. docs/decisions/0165-one-meaning-of-filters.md has the reasons.
 *
 * @typeParam ResponseFunction the type of custom filters that see the response; lib/filters adds them to the steps.
 */
export class FilteredRequestState<ResponseFunction extends object = never> {
  /** The path and the query to send. */
  path: string;
  query: string;
  /** The host that the request is for, normalized. */
  host: string;
  /** The Host to send. Undefined: the Host of the request is kept. */
  sentHost: string | undefined;
  /** Set by the first filter that answers in place of the backend; later filters do not run. */
  answer: ImmediateResponse | undefined;
  /** Changes to the request's fields, in order. Host is never among them. */
  headers: readonly HeaderModifierIR[] = none;
  mirrors: readonly MirrorFilter[] = none;
  /** Changes that CORS filters make to the response. They are applied last. */
  cors: readonly HeaderModifierIR[] = none;
  /** Other changes to the response, in order. */
  responseSteps: readonly (HeaderModifierIR | ResponseFunction)[] = none;
  /** The request as received, for filters that read it. */
  readonly request: MatchedRequest;
  readonly #listener: ReceivingListener;
  /** The prefix of the path match that won (`prefixOf`). */
  readonly #prefix: string | undefined;
  /** The URL that path modifiers and redirects start from. */
  #matchedPath: string;
  #matchedQuery: string;
  #matchedHost: string;

  constructor(request: MatchedRequest, listener: ReceivingListener, prefix: string | undefined) {
    this.request = request;
    this.#listener = listener;
    this.#prefix = prefix;
    this.path = request.path;
    this.query = request.query;
    this.host = request.host;
    this.#matchedPath = request.path;
    this.#matchedQuery = request.query;
    this.#matchedHost = request.host;
  }

  /** Copies the result of the rule's filters, so that the filters of one backend can continue from it. */
  fork(): FilteredRequestState<ResponseFunction> {
    const fork = new FilteredRequestState<ResponseFunction>(this.request, this.#listener, this.#prefix);
    fork.#matchedPath = this.#matchedPath;
    fork.#matchedQuery = this.#matchedQuery;
    fork.#matchedHost = this.#matchedHost;
    const { path, query, host, sentHost, headers, mirrors, cors, responseSteps } = this;
    return Object.assign(fork, { path, query, host, sentHost, headers, mirrors, cors, responseSteps });
  }

  rewrite({ hostname, path }: RewriteFilter): void {
    if (hostname !== undefined) this.sendTo({ sent: hostname, normalized: hostname });
    if (path === undefined) return;
    const from = { path: this.#matchedPath, query: this.#matchedQuery };
    const changed = modifyPath(path, from, this.#prefix);
    this.path = changed.path;
    this.query = changed.query;
  }

  sendTo({ sent, normalized }: SentHost): void {
    this.sentHost = sent;
    this.host = normalized;
  }

  /** Answers with a redirect. Parts of the URL that the filter does not set come from the matched URL. */
  redirect(filter: RedirectFilter): void {
    const { scheme, port } = this.#listener;
    const from = { path: this.#matchedPath, query: this.#matchedQuery, host: this.#matchedHost };
    const value = redirectLocation(filter, { scheme, port, ...from }, this.#prefix);
    const headers = [{ name: "location", value }];
    this.answer = { status: filter.statusCode, reason: "RequestRedirect", message: "", headers };
  }

  /** Changes the URL of the request. Later path modifiers and redirects start from the new URL. */
  move(to: PathAndQuery, host: SentHost | undefined): void {
    if (to.path !== this.path) this.#matchedPath = to.path;
    if (to.query !== this.query) this.#matchedQuery = to.query;
    this.path = to.path;
    this.query = to.query;
    if (host === undefined) return;
    this.#matchedHost = host.normalized;
    this.sendTo(host);
  }

  /** Changes to the response head that are known before the response arrives. */
  get responseModifiers(): readonly HeaderModifierIR[] {
    return [...this.responseSteps.filter(isModifier), ...this.cors];
  }
}

function isModifier(step: object): step is HeaderModifierIR {
  return "set" in step;
}
