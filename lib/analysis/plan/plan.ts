/** The effect of a configuration change on traffic, as plain data. */
export interface TrafficPlan {
  readonly changes: readonly TrafficChange[];
  /** Listeners that open, close or change for all requests. */
  readonly listeners: readonly ListenerChange[];
  /** Changes of rules whose requests cannot be determined here, sorted by risk, the highest first. */
  readonly unfollowed: readonly UnfollowedChange[];
  /** Changes of declared fields that the other lists do not show, such as fields that the proxy does not enforce. */
  readonly declared: readonly DeclaredChange[];
}

/**
 * The most serious effect on the requests. `fails`: a larger share gets an error from the proxy or no connection.
 * `moves`: requests go to other backends or get another answer. `shares`: the backends are the same with other shares.
 * `handling`: only filters, timeouts or the like differ. `serves`: a smaller share fails than before.
 */
export type Risk = "fails" | "moves" | "shares" | "handling" | "serves";

/** Requests that the change treats differently. */
export interface TrafficChange {
  readonly risk: Risk;
  /** The Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Hostnames: exact names, `*.suffix` or `*`. Each excludes hosts with a more specific name. */
  readonly hosts: readonly string[];
  /** The paths. A prefix includes all paths below it. */
  readonly paths: readonly { readonly type: "Exact" | "PathPrefix"; readonly value: string }[];
  /** Exceptions below `paths`: at least some requests for them are unchanged or belong to another change. */
  readonly exceptPaths: readonly { readonly type: "Exact" | "PathPrefix"; readonly value: string }[];
  /** Further conditions that the requests all meet, such as `method GET` or `header serve = canary`. */
  readonly conditions: readonly string[];
  /** Conditions of requests that are unchanged or belong to another change. */
  readonly except: readonly string[];
  readonly before: Treatment;
  readonly after: Treatment;
  /**
   * Differences in handling, such as `timeouts.request: none → 2000 ms`. For requests that no rule served before, it
   * lists everything that the new rule has. Credentials in headers and query parameters are not shown.
   */
  readonly differences: readonly string[];
  /** The reason why another rule, or no rule, takes the requests now. */
  readonly why?: string;
  /** A request that the change affects. Absent if none could be built, as with some regular expressions. */
  readonly example?: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** The treatment of requests in one configuration: the backends, and the answers without a backend. */
export interface Treatment {
  /** The route, such as `HTTPRoute store/acme-store`. Absent if no rule takes the requests. */
  readonly route?: string;
  /** The rule as `rules[0]`, with its name if it has one. */
  readonly rule?: string;
  /** The share of each backend, keyed by `namespace/name:port`, or `group/kind namespace/name:port` if it is opaque. */
  readonly backends: Readonly<Record<string, number>>;
  /** The share of requests, from 0 to 1, that get an error from the proxy or no connection. */
  readonly failing: number;
  /** Answers without a backend, such as `404`, `301 to https` or `500 (BackendNotFound)`. */
  readonly answers: readonly string[];
  /** The filters that only the class's controller knows. Absent if there are none. */
  readonly opaque?: readonly string[];
}

export interface ListenerChange {
  /** The Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly port: number;
  readonly listener: string;
  /** A description of the change. */
  readonly change: string;
}

/**
 * A change of a rule whose requests cannot be determined here: its Gateway is in no source, its parent belongs to a
 * service mesh, its route is a TLSRoute, TCPRoute or UDPRoute, or only the class's controller knows its regular
 * expression.
 */
export interface UnfollowedChange {
  /** The risk, judged by the rule's backends. A rule with other parents, hostnames or matches `moves`. */
  readonly risk: Risk;
  /** The route, such as `HTTPRoute store/acme-store`. */
  readonly route: string;
  /** The rule as `rules[0]`, with its name if it has one. The index is from `after`, unless the rule is removed. */
  readonly rule: string;
  /** The reason why requests cannot be determined, such as `Gateway edge/acme-external is not declared`. */
  readonly because: string;
  readonly before: Treatment;
  readonly after: Treatment;
  /** Other differences of the rule, as in `TrafficChange`, including `parents`, `hostnames` and `matches`. */
  readonly differences: readonly string[];
}

/** A changed field of a declared object. */
export interface DeclaredChange {
  /** The object, such as `HTTPRoute store/acme-store`. */
  readonly object: string;
  /** The field's path, such as `spec.rules[0].sessionPersistence.cookie.name`. Named list items appear by name. */
  readonly field: string;
  /** The field's value before the change. Absent if it was not set. */
  readonly before?: string;
  /** The field's value after the change. Absent if it is no longer set. */
  readonly after?: string;
  /** False for a field that the proxy does not enforce. True for a field that decides other things than requests. */
  readonly enforced: boolean;
}
