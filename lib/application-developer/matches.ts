import type { GRPCRouteMatch, HTTPHeaderMatch, HTTPQueryParamMatch, HTTPRouteMatch } from "../api/index.ts";

/** The comparison of a header or query parameter: by value, or by a regular expression for the whole value. */
export interface ValueMatchOptions {
  /** Default: `Exact`, the API's default. */
  readonly type?: "Exact" | "RegularExpression";
}

/**
 * Matches every path at or below `value`, by whole path elements: `/store` matches `/store` and `/store/cart`, but not
 * `/storefront`. To add conditions, spread it: `{ ...pathPrefix("/store"), headers: [header("serve", "canary")] }`.
 */
export function pathPrefix(value: string): HTTPRouteMatch {
  return { path: { type: "PathPrefix", value } };
}

/** Matches exactly this path. A trailing slash counts. */
export function exactPath(value: string): HTTPRouteMatch {
  return { path: { type: "Exact", value } };
}

/** Matches paths that the regular expression (RE2) matches from the first to the last character. */
export function pathRegex(value: string): HTTPRouteMatch {
  return { path: { type: "RegularExpression", value } };
}

/** Matches one HTTP method. */
export function method(name: NonNullable<HTTPRouteMatch["method"]>): HTTPRouteMatch {
  return { method: name };
}

/** Returns an entry of a match's `headers`. All entries of the list must match. Names are case-insensitive. */
export function header(name: string, value: string, options: ValueMatchOptions = {}): HTTPHeaderMatch {
  return { ...options, name, value };
}

/** Returns an entry of a match's `queryParams`. All entries of the list must match. Names are case-sensitive. */
export function queryParam(name: string, value: string, options: ValueMatchOptions = {}): HTTPQueryParamMatch {
  return { ...options, name, value };
}

/** Matches one gRPC service, or one of its methods: `grpcMethod("acme.Store", "Checkout")`. */
export function grpcMethod(service: string, method?: string): GRPCRouteMatch {
  return { method: method === undefined ? { service } : { service, method } };
}
