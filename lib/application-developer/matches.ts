import type { GRPCRouteMatch, HTTPHeaderMatch, HTTPQueryParamMatch, HTTPRouteMatch } from "../api/index.ts";

/** How a header or query parameter is compared: all of the value, or a regular expression that matches all of it. */
export interface ValueMatchOptions {
  /** By default the API's own default, `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
}

/**
 * A match of every path at or below `value`, by whole elements: `/store` takes `/store` and `/store/cart`, not
 * `/storefront`. To ask for more, spread it: `{ ...pathPrefix("/store"), headers: [header("serve", "canary")] }`.
 */
export function pathPrefix(value: string): HTTPRouteMatch {
  return { path: { type: "PathPrefix", value } };
}

/** A match of exactly this path; a slash at the end counts. */
export function exactPath(value: string): HTTPRouteMatch {
  return { path: { type: "Exact", value } };
}

/** A match of the paths that this regular expression (RE2) matches from first to last character. */
export function pathRegex(value: string): HTTPRouteMatch {
  return { path: { type: "RegularExpression", value } };
}

/** A match of one HTTP method. */
export function method(name: NonNullable<HTTPRouteMatch["method"]>): HTTPRouteMatch {
  return { method: name };
}

/** An entry of a match's `headers`. All entries of the list must match; names are case-insensitive. */
export function header(name: string, value: string, options: ValueMatchOptions = {}): HTTPHeaderMatch {
  return { ...options, name, value };
}

/** An entry of a match's `queryParams`. All entries of the list must match; names are case-sensitive. */
export function queryParam(name: string, value: string, options: ValueMatchOptions = {}): HTTPQueryParamMatch {
  return { ...options, name, value };
}

/** A match of one gRPC service, or of one of its methods: `grpcMethod("acme.Store", "Checkout")`. */
export function grpcMethod(service: string, method?: string): GRPCRouteMatch {
  return { method: method === undefined ? { service } : { service, method } };
}
