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

/** Changes to the headers of a message: values to set or add by name, and names to remove. */
export interface HeaderChanges {
  /** Replaces the value, or adds the header if it is absent. */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds the value to the existing values. */
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** The share of requests to mirror: `percent` (0 to 100) or `fraction`, but not both. Default: all requests. */
export type MirrorShare =
  | { readonly percent?: number; readonly fraction?: never }
  | { readonly percent?: never; readonly fraction?: Fraction };

/**
 * Also sends a copy of each request to `backend` and discards its responses. Extended support.
 *
 * ```ts
 * filters: [mirrorTo(service("acme-store-canary", 8080), { percent: 10 })]
 * ```
 */
export function mirrorTo(backend: BackendObjectReference, share: MirrorShare = {}): RequestMirror {
  return { type: "RequestMirror", requestMirror: { backendRef: backend, ...share } };
}

/** Answers with a redirect. Omitted parts keep the values of the request; `statusCode` defaults to 302. */
export function redirect(to: HTTPRequestRedirectFilter): RequestRedirect {
  return { type: "RequestRedirect", requestRedirect: to };
}

/** Forwards the request with another host or path: `rewrite({ path: replacePrefix("/v2") })`. */
export function rewrite(to: HTTPURLRewriteFilter): URLRewrite {
  return { type: "URLRewrite", urlRewrite: to };
}

/**
 * Returns the `path` of a redirect or rewrite that replaces the matched prefix by `value` and keeps the rest. Allowed
 * only in rules with a single match of type `PathPrefix`.
 */
export function replacePrefix(value: string): HTTPPathModifier {
  return { type: "ReplacePrefixMatch", replacePrefixMatch: value };
}

/** Returns the `path` of a redirect or rewrite that replaces the whole path by `value`. */
export function replacePath(value: string): HTTPPathModifier {
  return { type: "ReplaceFullPath", replaceFullPath: value };
}

/** Changes the headers of requests. The API allows one such filter in a list, so combine all changes in one call. */
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

/** Answers CORS preflight requests, and adds the CORS headers to responses (GEP-1767). */
export function cors(policy: HTTPCORSFilter): CORS {
  return { type: "CORS", cors: policy };
}

/**
 * Sends requests through a custom filter (`defineFilter` of gatewright/filters) with the settings in `object`: a
 * CustomFilter, or a plain reference to an object in the route's namespace.
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
