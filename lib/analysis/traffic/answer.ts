import type { HeaderModifierIR } from "../../routing/ir.ts";

/** A Gateway's answer to a request, computed without sending it. */
export interface SimulatedAnswer {
  /** The Gateway as `namespace/name`. */
  readonly gateway: string;
  /**
   * HTTP status when no backend receives the request: a redirect, a CORS preflight, 400, 404, 421, 500, the response of
   * a filter, or the response of the proxy to TRACE and OPTIONS (`checkHops`).
   */
  readonly status?: number;
  /**
   * The share of such requests that each backend gets, keyed by `namespace/name:port`, or `group/kind
   * namespace/name:port` for a kind that only the class's controller knows. The sum is 1 minus the shares of
   * `failures`.
   */
  readonly backends: Readonly<Record<string, number>>;
  /**
   * The backends whose shares become known only at deployment, because the rule has a late weight. They are not in
   * `backends`, and mirrors whose share depends on a late weight are not in `mirrors`. Absent: all shares are known.
   */
  readonly lateShares?: LateShares;
  /** Shares that get an answer without reaching their backend: it is invalid, or one of its filters answers. */
  readonly failures: readonly Failure[];
  /** The share of such requests that is copied to each backend. */
  readonly mirrors: Readonly<Record<string, number>>;
  /** The reason why no backend gets the request, unless a filter answers it on purpose. */
  readonly reason?: string;
  readonly listener?: string;
  /** The route, such as `HTTPRoute store/acme-store`. */
  readonly route?: string;
  /** Index of the rule in the route. */
  readonly rule?: number;
  /** Index of the match in the rule. */
  readonly match?: number;
  /** The Location header. Set on redirects only. */
  readonly location?: string;
  /** The request after the rule's filters. The proxy adds its forwarding headers to it. */
  readonly request?: ForwardedRequest;
  /** The request that each backend gets, after the filters of the rule and the backend. */
  readonly requests: Readonly<Record<string, ForwardedRequest>>;
  /**
   * Changes that the rule's filters make to the response headers, in order. Changes by ExtensionRef filters are not
   * included.
   */
  readonly responseHeaders: readonly HeaderModifierIR[];
  /** Changes to each backend's response headers, including those of the backend's filters. */
  readonly responses: Readonly<Record<string, readonly HeaderModifierIR[]>>;
  /**
   * The ExtensionRef filters of the rule and its backends, in order, such as `acme.io/RequireApiKey store/partners`.
   */
  readonly extensions: readonly string[];
  /**
   * The filters that only the class's controller knows, in order. The rest of the answer assumes that they let the
   * request pass unchanged. Absent if there are none.
   */
  readonly opaque?: readonly string[];
  /** The response of an ExtensionRef filter. Set if the filter answers instead of a backend. */
  readonly respond?: FilterResponse;
}

/** A response that an ExtensionRef filter gives. */
export interface FilterResponse {
  readonly status: number;
  /** Header values by lowercase name. Several values are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, decoded as UTF-8. */
  readonly body: string;
}

/** The backends that may get requests of a rule with late weights. */
export interface LateShares {
  /** Keys as in `SimulatedAnswer.backends`. */
  readonly backends: readonly string[];
  readonly mirrors: readonly string[];
}

export interface Failure {
  /** The share of requests. Absent if it becomes known only at deployment, because the rule has a late weight. */
  readonly share?: number;
  readonly status: number;
  /**
   * The condition reason of the Gateway API, such as BackendNotFound. If a filter of the backend answers:
   * `RequestRedirect`, `CORSPreflight` or `ExtensionRef`.
   */
  readonly reason: string;
  readonly message: string;
  /** The Location header. Set if a filter of the backend redirects. */
  readonly location?: string;
  /** Changes that CORS filters and the backend's filters make to this answer's headers. Absent if there are none. */
  readonly responseHeaders?: readonly HeaderModifierIR[];
}

export interface ForwardedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** The raw query, without `?`. */
  readonly query: string;
  /**
   * Header values by lowercase name. Several values are joined with ", ", or "; " for Cookie. Headers that the proxy
   * writes itself (X-Forwarded-*, Forwarded, X-Request-Id) appear only if a filter writes them.
   */
  readonly headers: Readonly<Record<string, string>>;
}
