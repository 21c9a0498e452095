import type { FilterIR, HeaderIR, HeaderModifierIR } from "../ir.ts";
import type { CORSRequest } from "../rewrite/cors.ts";
import { modifyPath, type PathAndQuery, redirectLocation } from "../rewrite.ts";
import type { SentHost } from "./header-modifier.ts";

/** A request as it was matched. */
export interface MatchedRequest extends CORSRequest, PathAndQuery {
  /** Normalized, without port. */
  readonly host: string;
}

/** The listener that the request came to. */
export interface ReceivingListener {
  readonly scheme: "http" | "https";
  readonly port: number;
}

/** A response that filters give in a backend's place. */
export interface FilterAnswer {
  readonly status: number;
  /** The filter's type, or what failed: a stable word. */
  readonly reason: string;
  /** For people; empty where nothing failed. */
  readonly message: string;
  readonly headers: readonly HeaderIR[];
  /** Bytes as latin1 text. Absent: the body that goes with the status. */
  readonly body?: string;
}

export type MirrorFilter = Extract<FilterIR, { type: "RequestMirror" }>;

type RedirectFilter = Extract<FilterIR, { type: "RequestRedirect" }>;
type RewriteFilter = Extract<FilterIR, { type: "URLRewrite" }>;

const none: readonly never[] = [];

/**
 * What the filters of a rule and of its backend make of one request and of its response. Filters act on it in the order
 * of their lists, the rule's before the backend's (`filterTypes`), in simulate and on the wire alike.
 *
 * A path modifier replaces the path that was *matched*, or the prefix by which it was matched, so that of several path
 * modifiers the last one decides. docs/decisions/0165-one-meaning-of-filters.md has the reasons.
 *
 * @typeParam ResponseFunction filters of somebody's own that see the response, which lib/filters puts among the steps.
 */
export class RequestChanges<ResponseFunction extends object = never> {
  /** The path and the query to send. */
  path: string;
  query: string;
  /** The host that the request is for, normalized. */
  host: string;
  /** The Host to send; undefined for the one that came. */
  sentHost: string | undefined;
  /** The first filter that answers in the backend's place ends the list. */
  answer: FilterAnswer | undefined;
  /** Changes to the fields of the request, first to last. Host is never among them. */
  headers: readonly HeaderModifierIR[] = none;
  mirrors: readonly MirrorFilter[] = none;
  /** Changes that CORS filters make to the response; they come last. */
  cors: readonly HeaderModifierIR[] = none;
  /** Other changes to the response, first to last. */
  responseSteps: readonly (HeaderModifierIR | ResponseFunction)[] = none;
  /** The request as it came, for filters that read it. */
  readonly request: MatchedRequest;
  readonly #listener: ReceivingListener;
  /** The prefix that the request was matched by (`prefixOf`). */
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

  /** Copies what the rule's filters have done, for one of the rule's backends. */
  fork(): RequestChanges<ResponseFunction> {
    const fork = new RequestChanges<ResponseFunction>(this.request, this.#listener, this.#prefix);
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

  /** Answers with a redirect. Parts of the URL that the filter does not name are those of the URL that was asked for. */
  redirect(filter: RedirectFilter): void {
    const { scheme, port } = this.#listener;
    const from = { path: this.#matchedPath, query: this.#matchedQuery, host: this.#matchedHost };
    const value = redirectLocation(filter, { scheme, port, ...from }, this.#prefix);
    const headers = [{ name: "location", value }];
    this.answer = { status: filter.statusCode, reason: "RequestRedirect", message: "", headers };
  }

  /** Moves the request to another URL, from which later path modifiers and redirects start. */
  move(to: PathAndQuery, host: SentHost | undefined): void {
    if (to.path !== this.path) this.#matchedPath = to.path;
    if (to.query !== this.query) this.#matchedQuery = to.query;
    this.path = to.path;
    this.query = to.query;
    if (host === undefined) return;
    this.#matchedHost = host.normalized;
    this.sendTo(host);
  }

  /** Changes to the head of a response that are known before it comes. */
  get responseModifiers(): readonly HeaderModifierIR[] {
    return [...this.responseSteps.filter(isModifier), ...this.cors];
  }
}

function isModifier(step: object): step is HeaderModifierIR {
  return "set" in step;
}
