import type {
  BackendObjectReference,
  Fraction,
  HTTPCORSFilter,
  HTTPHeaderFilter,
  HTTPPathModifier,
  HTTPRequestMirrorFilter,
  HTTPRequestRedirectFilter,
  HTTPURLRewriteFilter,
  LocalObjectReference,
} from "../api/index.ts";

/** A filter of type `RequestHeaderModifier`, for rules and backends of HTTPRoute and GRPCRoute. */
export interface RequestHeaderModifier {
  readonly type: "RequestHeaderModifier";
  readonly requestHeaderModifier: HTTPHeaderFilter;
}

/** A filter of type `ResponseHeaderModifier`, for rules and backends of HTTPRoute and GRPCRoute. */
export interface ResponseHeaderModifier {
  readonly type: "ResponseHeaderModifier";
  readonly responseHeaderModifier: HTTPHeaderFilter;
}

/** A filter of type `RequestMirror`, for rules and backends of HTTPRoute and GRPCRoute. */
export interface RequestMirror {
  readonly type: "RequestMirror";
  readonly requestMirror: HTTPRequestMirrorFilter;
}

/** A filter of type `RequestRedirect`, for rules and backends of HTTPRoute. */
export interface RequestRedirect {
  readonly type: "RequestRedirect";
  readonly requestRedirect: HTTPRequestRedirectFilter;
}

/** A filter of type `URLRewrite`, for rules and backends of HTTPRoute. */
export interface URLRewrite {
  readonly type: "URLRewrite";
  readonly urlRewrite: HTTPURLRewriteFilter;
}

/** A filter of type `CORS`, for rules and backends of HTTPRoute. */
export interface CORS {
  readonly type: "CORS";
  readonly cors: HTTPCORSFilter;
}

/** A filter of type `ExtensionRef`, for rules and backends of HTTPRoute and GRPCRoute. */
export interface ExtensionRef {
  readonly type: "ExtensionRef";
  readonly extensionRef: LocalObjectReference;
}

/** What to do to the headers of a message: names to values to set or to add, and names to remove. */
export interface HeaderChanges {
  /** Replaces the value, or adds the header if it is absent. */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds the value to those that are there. */
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** How much of the traffic is mirrored: `percent`, of 100, or `fraction`. By default all of it. Not both. */
export type MirrorShare =
  | { readonly percent?: number; readonly fraction?: never }
  | { readonly percent?: never; readonly fraction?: Fraction };

/**
 * Sends a copy of the requests to `backend` as well; its answers are discarded. Extended support.
 *
 * ```ts
 * filters: [mirrorTo(service("acme-store-canary", 8080), { percent: 10 })]
 * ```
 */
export function mirrorTo(backend: BackendObjectReference, share: MirrorShare = {}): RequestMirror {
  return { type: "RequestMirror", requestMirror: { backendRef: backend, ...share } };
}

/** Answers with a redirect. What is left out stays as in the request; `statusCode` is 302 by default. */
export function redirect(to: HTTPRequestRedirectFilter): RequestRedirect {
  return { type: "RequestRedirect", requestRedirect: to };
}

/** Forwards the request under another host or path: `rewrite({ path: replacePrefix("/v2") })`. */
export function rewrite(to: HTTPURLRewriteFilter): URLRewrite {
  return { type: "URLRewrite", urlRewrite: to };
}

/**
 * The `path` of a redirect or rewrite: `value` in place of the prefix that matched, the rest stays. Only in rules whose
 * one match is a `PathPrefix`.
 */
export function replacePrefix(value: string): HTTPPathModifier {
  return { type: "ReplacePrefixMatch", replacePrefixMatch: value };
}

/** The `path` of a redirect or rewrite: `value` in place of the whole path. */
export function replacePath(value: string): HTTPPathModifier {
  return { type: "ReplaceFullPath", replaceFullPath: value };
}

/**
 * Changes the headers of requests. The API admits one such filter in a list: what has to be set, added and removed goes
 * into one call.
 */
export function requestHeaders(changes: HeaderChanges): RequestHeaderModifier {
  return { type: "RequestHeaderModifier", requestHeaderModifier: headerFilter(changes) };
}

/** Changes the headers of responses; see {@link requestHeaders}. */
export function responseHeaders(changes: HeaderChanges): ResponseHeaderModifier {
  return { type: "ResponseHeaderModifier", responseHeaderModifier: headerFilter(changes) };
}

/** Sets headers of requests, by name: `setHeaders({ "x-env": "canary" })`. Short for {@link requestHeaders}. */
export function setHeaders(set: Readonly<Record<string, string>>): RequestHeaderModifier {
  return requestHeaders({ set });
}

/** Sets headers of responses, by name. Short for {@link responseHeaders}. */
export function setResponseHeaders(set: Readonly<Record<string, string>>): ResponseHeaderModifier {
  return responseHeaders({ set });
}

/** Answers preflight requests and marks responses for other origins (GEP-1767). */
export function cors(policy: HTTPCORSFilter): CORS {
  return { type: "CORS", cors: policy };
}

/**
 * Has requests pass a filter of your own (`defineFilter` of gatewright/filters), with the settings that `object` holds: a
 * CustomFilter, or a plain reference to an object of the route's namespace.
 */
export function extensionRef({ group, kind, name }: LocalObjectReference): ExtensionRef {
  return { type: "ExtensionRef", extensionRef: { group, kind, name } };
}

function headerFilter({ set, add, remove }: HeaderChanges): HTTPHeaderFilter {
  return {
    ...(set === undefined ? {} : { set: entries(set) }),
    ...(add === undefined ? {} : { add: entries(add) }),
    ...(remove === undefined ? {} : { remove }),
  };
}

function entries(headers: Readonly<Record<string, string>>): { readonly name: string; readonly value: string }[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}
