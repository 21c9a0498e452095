import type { HeaderModifierIR } from "../../routing/ir.ts";

/** What becomes of a request at a Gateway. */
export interface SimulatedAnswer {
  /** `namespace/name`. */
  readonly gateway: string;
  /** The status when no backend is asked: a redirect, a CORS preflight, 400, 404, 421, 500, what a filter answers, or what the
   * proxy answers to TRACE and OPTIONS (`checkHops`). */
  readonly status?: number;
  /**
   * The share of such requests that each backend gets, by `namespace/name:port`, or `group/kind namespace/name:port` for
   * a kind that only the controller of the class knows. They sum to 1 less `failures`.
   */
  readonly backends: Readonly<Record<string, number>>;
  /**
   * The backends whose shares become known only at deployment, because a weight of the rule is late. Such backends are
   * not in `backends`, nor are mirrors in `mirrors` whose share depends on such a weight. Absent: all shares are known.
   */
  readonly lateShares?: LateShares;
  /** Shares that are answered in their backend's place: it is invalid, or a filter of the backend answers. */
  readonly failures: readonly Failure[];
  /** The share of such requests that each backend gets a copy of. */
  readonly mirrors: Readonly<Record<string, number>>;
  /** Why no backend is asked, when that is not what a filter wants. */
  readonly reason?: string;
  readonly listener?: string;
  /** Such as `HTTPRoute store/acme-store`. */
  readonly route?: string;
  /** Position in the route. */
  readonly rule?: number;
  /** Position in the rule. */
  readonly match?: number;
  /** Of a redirect. */
  readonly location?: string;
  /** The request after the rule's filters. The proxy adds its forwarding headers to it. */
  readonly request?: ForwardedRequest;
  /** The request as each backend gets it: with that backend's own filters. */
  readonly requests: Readonly<Record<string, ForwardedRequest>>;
  /**
   * Changes that the rule's filters make to the headers of the answer, first to last. What filters for ExtensionRef do is not among
   * it.
   */
  readonly responseHeaders: readonly HeaderModifierIR[];
  /** Changes to the headers of each backend's responses, with those of the backend's own filters. */
  readonly responses: Readonly<Record<string, readonly HeaderModifierIR[]>>;
  /** The filters for ExtensionRef of rule and backends, in order: `acme.io/RequireApiKey store/partners`. */
  readonly extensions: readonly string[];
  /**
   * The filters that only the controller of the class knows, in order. All else is as if they let the request pass
   * unchanged. Absent: none.
   */
  readonly opaque?: readonly string[];
  /** What a filter for ExtensionRef answers in the backend's place. */
  readonly respond?: FilterResponse;
}

/** An answer of a filter for ExtensionRef. */
export interface FilterResponse {
  readonly status: number;
  /** Names in lower case; several values joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Read as UTF-8. */
  readonly body: string;
}

/** What may get requests of a rule with late weights. */
export interface LateShares {
  /** Named as in `backends`. */
  readonly backends: readonly string[];
  readonly mirrors: readonly string[];
}

export interface Failure {
  /** Absent: it becomes known only at deployment, because a weight of the rule is late. */
  readonly share?: number;
  readonly status: number;
  /**
   * The Gateway API's condition reason, such as BackendNotFound; for the answer of a filter of the backend,
   * `RequestRedirect`, `CORSPreflight` or `ExtensionRef`.
   */
  readonly reason: string;
  readonly message: string;
  /** The Location of a redirect. Set when a filter of the backend redirects. */
  readonly location?: string;
  /** Changes that CORS filters and the backend's filters make to the headers of this answer. Absent: none. */
  readonly responseHeaders?: readonly HeaderModifierIR[];
}

export interface ForwardedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  /**
   * Names in lower case; several values joined with ", ", those of Cookie with "; ". Fields that the proxy writes itself
   * (X-Forwarded-*, Forwarded, X-Request-Id) are shown only where a filter writes them.
   */
  readonly headers: Readonly<Record<string, string>>;
}
