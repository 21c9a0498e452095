import type { FilterIR, HeaderModifierIR } from "../ir.ts";

export type CORSFilter = Extract<FilterIR, { type: "CORS" }>;

/** The parts of a request that a CORS decision needs. */
export interface CORSRequest {
  readonly method: string;
  /** Returns a field by lower-case name. */
  header(name: string): string | undefined;
}

export type CORSAnswer =
  /** Answer at once with this status and these header fields, without a body. The backend never sees the request. */
  | { readonly kind: "preflight"; readonly status: 200; readonly headers: HeaderModifierIR }
  /** Forward the request, and apply these changes to the response. */
  | { readonly kind: "actual"; readonly headers: HeaderModifierIR };

/**
 * Evaluates a CORS filter for a request (`HTTPCORSFilter`, GEP-1767; the Fetch standard, section 3.3).
 *
 * A preflight never reaches the backend, and the backend's own CORS headers are replaced. An origin that is not allowed
 * gets no CORS headers, and its preflight is also answered with 200. An allowed origin is echoed even where `*` would
 * be valid, because GEP-1767 forbids `*` for requests with credentials, whatever the filter says about credentials.
 */
export function answerCORS(filter: CORSFilter, request: CORSRequest): CORSAnswer {
  const origin = request.header("origin");
  const requestedMethod = request.header("access-control-request-method");
  const preflight = request.method === "OPTIONS" && origin !== undefined && requestedMethod !== undefined;
  const allowed = origin !== undefined && isAllowed(origin, filter.allowOrigins);
  const fields = allowed ? allowFields(filter, request, origin, preflight) : [];
  const vary = varyFields(filter, preflight);
  if (preflight) return { kind: "preflight", status: 200, headers: { set: fields, add: vary, remove: [] } };
  const set = new Set(fields.map(({ name }) => name));
  return {
    kind: "actual",
    headers: { set: fields, add: vary, remove: responseHeaders.filter((name) => !set.has(name)) },
  };
}

/** The CORS headers of a response. The filter decides all of them. */
const responseHeaders = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
];

/** With credentials, `*` in a response is a literal name (the Fetch standard), so the requested names are echoed. */
function allowFields(
  filter: CORSFilter,
  request: CORSRequest,
  origin: string,
  preflight: boolean,
): HeaderModifierIR["set"] {
  const echo = filter.allowCredentials;
  const fields = [{ name: "access-control-allow-origin", value: origin }];
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") fields.push({ name, value });
  };
  add("access-control-allow-credentials", filter.allowCredentials ? "true" : undefined);
  if (preflight) {
    add(
      "access-control-allow-methods",
      allowList(filter.allowMethods, echo, request.header("access-control-request-method")),
    );
    add(
      "access-control-allow-headers",
      allowList(filter.allowHeaders, echo, request.header("access-control-request-headers")),
    );
    add("access-control-max-age", String(filter.maxAge));
  }
  const exposed = echo ? filter.exposeHeaders.filter((name) => name !== "*") : filter.exposeHeaders;
  add("access-control-expose-headers", exposed.join(", "));
  return fields;
}

function allowList(allowed: readonly string[], echo: boolean, requested: string | undefined): string | undefined {
  if (!allowed.includes("*")) return allowed.join(", ");
  return echo ? requested : "*";
}

/** Builds Vary. Caches must know what a response depends on, even without Origin (Fetch standard, section 3.3.6). */
function varyFields(filter: CORSFilter, preflight: boolean): HeaderModifierIR["add"] {
  const depends = ["Origin"];
  if (preflight && filter.allowCredentials) {
    if (filter.allowMethods.includes("*")) depends.push("Access-Control-Request-Method");
    if (filter.allowHeaders.includes("*")) depends.push("Access-Control-Request-Headers");
  }
  return [{ name: "vary", value: depends.join(", ") }];
}

interface ParsedOrigin {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
}

/** Parses the origin once: it may be as long as a head, and a filter may have 64 entries. */
function isAllowed(origin: string, allowOrigins: readonly string[]): boolean {
  const given = parseOrigin(origin);
  return allowOrigins.some((pattern) => allowsOrigin(pattern, given));
}

/**
 * Reports whether an entry of `allowOrigins` covers an origin. An entry is `*`, or a scheme, host and port that all
 * must be equal. An absent port is the scheme's default. A leading `*` in the host stands for any number of labels; the
 * host `*` covers every host.
 */
function allowsOrigin(pattern: string, given: ParsedOrigin | undefined): boolean {
  if (pattern === "*") return true;
  const wanted = parseOrigin(pattern);
  if (wanted === undefined || given === undefined || wanted.scheme !== given.scheme || wanted.port !== given.port)
    return false;
  if (!wanted.host.startsWith("*")) return wanted.host === given.host;
  const suffix = wanted.host.slice(1);
  return given.host.length > suffix.length && given.host.endsWith(suffix);
}

/** Parses an origin (RFC 6454 section 7). Opaque origins (`null`) have no scheme; only `*` covers them. */
function parseOrigin(text: string): ParsedOrigin | undefined {
  const parts = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^/:?#@[\]\s]+)(?::([0-9]{1,5}))?$/i.exec(text);
  if (parts === null) return undefined;
  const [, scheme = "", host = "", port] = parts;
  const secure = scheme.toLowerCase() === "https";
  return { scheme: scheme.toLowerCase(), host: host.toLowerCase(), port: port ?? (secure ? "443" : "80") };
}
