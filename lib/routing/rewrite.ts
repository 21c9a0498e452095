import type { FilterIR, PathModifierIR } from "./ir.ts";
import { normalizePath } from "./normalize.ts";

/**
 * Path modifiers, and the Location of a redirect. Pure, and shared by simulate and by the wire. The other filters'
 * effects are in rewrite/ (headers.ts, cors.ts, mirror.ts); filters/filter-types.ts puts them together.
 */

export type RedirectFilter = Extract<FilterIR, { type: "RequestRedirect" }>;

/** The normalized path and the raw query, without `?`, of a request. */
export interface PathAndQuery {
  readonly path: string;
  readonly query: string;
}

export interface RedirectRequest extends PathAndQuery {
  /** As the client sees it: that of the listener. */
  readonly scheme: "http" | "https";
  /** Normalized, without port. */
  readonly host: string;
  /** The listener's port: what a redirect goes to if the filter names neither port nor scheme. */
  readonly port: number;
}

const wellKnownPorts = { http: 80, https: 443 } as const;

/**
 * The value of the Location header of a redirect (`HTTPRequestRedirectFilter`).
 *
 * Without `port` the scheme's well-known port is taken if the filter names a scheme, and the listener's port if not;
 * a port is written only where it is not the scheme's own.
 *
 * @param prefix the prefix by which the request was matched (`prefixOf`), for ReplacePrefixMatch.
 */
export function redirectLocation(filter: RedirectFilter, request: RedirectRequest, prefix: string | undefined): string {
  const scheme = filter.scheme ?? request.scheme;
  const port = filter.port ?? (filter.scheme === undefined ? request.port : wellKnownPorts[filter.scheme]);
  const authority = (filter.hostname ?? request.host) + (port === wellKnownPorts[scheme] ? "" : `:${port}`);
  const { path, query } = modifyPath(filter.path, request, prefix);
  // RFC 9112 section 3.2.4: the asterisk stands for the server itself, which a Location cannot name otherwise.
  const target = path === "*" ? "/" : path;
  return `${scheme}://${authority}${target}${query === "" ? "" : `?${query}`}`;
}

/** The prefix that a ReplacePrefixMatch replaces: normalized, without trailing slash; undefined for other path matches. */
export function prefixOf(conditions: { readonly pathType: string; readonly path: string }): string | undefined {
  return conditions.pathType === "PathPrefix" ? conditions.path : undefined;
}

/**
 * Applies a path modifier. The query is kept, unless a full replacement brings its own. The result is as normalized
 * as a request's path: what a replacement holds beyond that is encoded, its dot segments are removed.
 */
export function modifyPath(
  modifier: PathModifierIR | undefined,
  request: PathAndQuery,
  prefix: string | undefined,
): PathAndQuery {
  // OPTIONS * asks about the server, not about a path.
  if (modifier === undefined || request.path === "*") return request;
  if (modifier.type === "ReplaceFullPath") return replaceFullPath(modifier.value, request);
  // Validation admits ReplacePrefixMatch beside one PathPrefix match only. A filter of somebody's own may have moved the
  // path from under the prefix; then there is nothing left to replace.
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

/** The table at `HTTPPathModifier.replacePrefixMatch`: whole elements, trailing slashes of both prefixes ignored. */
function replacePrefix(value: string, request: PathAndQuery, prefix: string): PathAndQuery {
  const replacement = replacementPath(value.replaceAll("?", "%3F"));
  const start = replacement.endsWith("/") ? replacement.slice(0, -1) : replacement;
  const path = start + request.path.slice(prefix.length);
  return { path: path === "" ? "/" : path, query: request.query };
}

/**
 * Whether a request may leave with this target: origin-form (RFC 9112 section 3.2.1), or the asterisk of OPTIONS. It is
 * checked whenever a target is written, so that no combination of filters can name another host or another method.
 */
export function isSendableTarget(method: string, target: string): boolean {
  if (target.charCodeAt(0) !== 0x2f) return target === "*" && method === "OPTIONS";
  for (let i = 1; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f || c === 0x23) return false;
  }
  return true;
}

/** A replacement as a normalized path. */
function replacementPath(value: string): string {
  const absolute = value.startsWith("/") ? value : `/${value}`;
  const normalized = normalizePath(absolute);
  if (normalized.refused === undefined) return normalized.path;
  const encoded = normalizePath(encodeUnsafe(absolute));
  return encoded.refused === undefined ? encoded.path : "/";
}

/** Percent-encodes what a path or query must not hold: controls, blanks, `#`, `\\`, non-ASCII, and stray percent signs. */
function encodeUnsafe(text: string): string {
  return text.replace(/[^\x21-\x7e]|[#\\]|%(?![0-9A-Fa-f]{2})/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
