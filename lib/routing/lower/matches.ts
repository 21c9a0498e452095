import type { MatchIR, ValueMatchIR } from "../ir.ts";

interface ValueSpec {
  readonly type?: string;
  readonly name: string;
  readonly value: string;
}

/** A match of an HTTPRoute after the API's defaults are filled in. */
export interface HttpMatchSpec {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly method?: string;
  readonly headers?: readonly ValueSpec[];
  readonly queryParams?: readonly ValueSpec[];
}

/** A match of a GRPCRoute after the API's defaults are filled in. */
export interface GrpcMatchSpec {
  readonly method?: { readonly type?: string; readonly service?: string; readonly method?: string };
  readonly headers?: readonly ValueSpec[];
}

/** Lowers HTTP matches. A rule without matches matches every request: prefix `/` (HTTPRouteRule.matches). */
export function lowerHttpMatches(matches: readonly HttpMatchSpec[] | undefined): readonly MatchIR[] {
  const given: readonly HttpMatchSpec[] = matches === undefined || matches.length === 0 ? [{}] : matches;
  return given.map(({ path, method, headers, queryParams }) => ({
    path: { type: pathType(path?.type), value: path?.value ?? "/" },
    ...(method === undefined ? {} : { method }),
    headers: lowerValues(headers, (name) => name.toLowerCase()),
    queryParams: lowerValues(queryParams, (name) => name),
  }));
}

/** Lowers gRPC matches. A gRPC call is a POST to `/service/method` (gRPC over HTTP/2; GEP-1016). */
export function lowerGrpcMatches(matches: readonly GrpcMatchSpec[] | undefined): readonly MatchIR[] {
  const given: readonly GrpcMatchSpec[] = matches === undefined || matches.length === 0 ? [{}] : matches;
  return given.map(({ method, headers }) => ({
    path: grpcPath(method),
    method: "POST",
    headers: lowerValues(headers, (name) => name.toLowerCase()),
    queryParams: [],
  }));
}

/**
 * Converts a gRPC method match to a path match. A service alone is the prefix of its methods' paths. A method alone
 * needs a regular expression, because the service is open. Regular expressions in service and method are grouped, so
 * that an alternative stays within its part. Regular expressions precede prefixes, so if a rule for a method alone and
 * a rule for a service alone both match a call, the method rule wins. The API gives precedence to the longer service,
 * but leaves matching a method alone to implementations.
 */
function grpcPath(match: GrpcMatchSpec["method"]): MatchIR["path"] {
  const service = match?.service || undefined;
  const method = match?.method || undefined;
  if (service === undefined && method === undefined) return { type: "PathPrefix", value: "/" };
  if (match?.type === "RegularExpression") {
    return { type: "RegularExpression", value: `/${part(service)}/${part(method)}` };
  }
  if (service === undefined) return { type: "RegularExpression", value: `/[^/]+/${quoted(method ?? "")}` };
  return method === undefined
    ? { type: "PathPrefix", value: `/${service}` }
    : { type: "Exact", value: `/${service}/${method}` };
}

function part(expression: string | undefined): string {
  return expression === undefined ? "[^/]+" : `(?:${expression})`;
}

/** Quotes a method name for a regular expression. Names are identifiers with dots (GRPCMethodMatch.method). */
function quoted(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

function pathType(type: string | undefined): MatchIR["path"]["type"] {
  return type === "Exact" || type === "RegularExpression" ? type : "PathPrefix";
}

/** For equivalent names the first entry counts (HTTPHeaderMatch.name, HTTPQueryParamMatch.name). */
function lowerValues(
  values: readonly ValueSpec[] | undefined,
  canonical: (name: string) => string,
): readonly ValueMatchIR[] {
  const found = new Map<string, ValueMatchIR>();
  for (const { type, name, value } of values ?? []) {
    const key = canonical(name);
    if (found.has(key)) continue;
    found.set(key, { name: key, type: type === "RegularExpression" ? type : "Exact", value });
  }
  return [...found.values()];
}
