import type { FilterIR, PathModifierIR } from "./ir.ts";
import { normalizePath } from "./normalize.ts";

/**
 * Path modifiers, and the Location of a redirect. The functions are pure and shared by `simulate` and the proxy. Other
 * filters are in rewrite/ (headers.ts, cors.ts, mirror.ts); filters/filter-types.ts combines them.
 */

export type RedirectFilter = Extract<FilterIR, { type: "RequestRedirect" }>;

/** The normalized path and the raw query, without `?`, of a request. */
export interface PathAndQuery {
  readonly path: string;
  readonly query: string;
}

export interface RedirectRequest extends PathAndQuery {
  /** The scheme that the client uses, which is the listener's. */
  readonly scheme: "http" | "https";
  /** Normalized, without port. */
  readonly host: string;
  /** The listener's port. A redirect uses it if the filter sets neither port nor scheme. */
  readonly port: number;
}

const wellKnownPorts = { http: 80, https: 443 } as const;

/**
 * Returns the Location of a redirect (`HTTPRequestRedirectFilter`).
 *
 * If the filter has no `port`, the port is the well-known port of the filter's scheme, or the listener's port if the
 * filter has no scheme. The well-known port of the scheme is not written.
 *
 * @param prefix the prefix by which the request was matched (`prefixOf`), for ReplacePrefixMatch.
 */
export function redirectLocation(filter: RedirectFilter, request: RedirectRequest, prefix: string | undefined): string {
  const scheme = filter.scheme ?? request.scheme;
  const port = filter.port ?? (filter.scheme === undefined ? request.port : wellKnownPorts[filter.scheme]);
  const authority = (filter.hostname ?? request.host) + (port === wellKnownPorts[scheme] ? "" : `:${port}`);
  const { path, query } = modifyPath(filter.path, request, prefix);
  // The asterisk stands for the server itself, which a Location can only express as `/` (RFC 9112 section 3.2.4).
  const target = path === "*" ? "/" : path;
  return `${scheme}://${authority}${target}${query === "" ? "" : `?${query}`}`;
}

/** Returns the normalized prefix that ReplacePrefixMatch replaces, without trailing slash, or undefined. */
export function prefixOf(conditions: { readonly pathType: string; readonly path: string }): string | undefined {
  return conditions.pathType === "PathPrefix" ? conditions.path : undefined;
}

/**
 * Applies a path modifier. The query is kept unless a full replacement has its own. The result is normalized like a
 * request's path: invalid characters of the replacement are encoded, and its dot segments are removed.
 */
export function modifyPath(
  modifier: PathModifierIR | undefined,
  request: PathAndQuery,
  prefix: string | undefined,
): PathAndQuery {
  // `OPTIONS *` is about the server and has no path.
  if (modifier === undefined || request.path === "*") return request;
  if (modifier.type === "ReplaceFullPath") return replaceFullPath(modifier.value, request);
  // Validation admits ReplacePrefixMatch only next to a single PathPrefix match. If a custom filter has moved the path
  // out of the prefix, there is nothing to replace.
  return prefix === undefined || !isUnder(request.path, prefix)
    ? request
    : replacePrefix(modifier.value, request, prefix);
}

function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);
}

function replaceFullPath(value: string, request: PathAndQuery): PathAndQuery {
  const question = value.indexOf("?");
  if (question < 0) return { path: replacementPath(value), query: request.query };
  return { path: replacementPath(value.slice(0, question)), query: encodeUnsafe(value.slice(question + 1)) };
}

/** Replaces a prefix as in the table at `HTTPPathModifier.replacePrefixMatch`, ignoring trailing slashes. */
function replacePrefix(value: string, request: PathAndQuery, prefix: string): PathAndQuery {
  const replacement = replacementPath(value.replaceAll("?", "%3F"));
  const start = replacement.endsWith("/") ? replacement.slice(0, -1) : replacement;
  const path = start + request.path.slice(prefix.length);
  return { path: path === "" ? "/" : path, query: request.query };
}

/**
 * Reports whether a request may be sent with this target: origin-form (RFC 9112 section 3.2.1), or the asterisk of
 * OPTIONS. Every target is checked when it is written, so that no combination of filters can inject another host or
 * method.
 */
export function isSendableTarget(method: string, target: string): boolean {
  if (target.charCodeAt(0) !== 0x2f) return target === "*" && method === "OPTIONS";
  for (let i = 1; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f || c === 0x23) return false;
  }
  return true;
}

/** Normalizes a replacement path. */
function replacementPath(value: string): string {
  const absolute = value.startsWith("/") ? value : `/${value}`;
  const normalized = normalizePath(absolute);
  if (normalized.refused === undefined) return normalized.path;
  const encoded = normalizePath(encodeUnsafe(absolute));
  return encoded.refused === undefined ? encoded.path : "/";
}

/** Percent-encodes what a path or query must not contain: controls, spaces, `#`, `\\`, non-ASCII, and stray `%`. */
function encodeUnsafe(text: string): string {
  return text.replace(/[^\x21-\x7e]|[#\\]|%(?![0-9A-Fa-f]{2})/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
