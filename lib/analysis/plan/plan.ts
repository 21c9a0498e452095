/** The effect of a change of the configuration on traffic: plain data, the riskiest first. */
export interface TrafficPlan {
  readonly changes: readonly TrafficChange[];
  /** What opens, closes or is spoken otherwise, whatever the request. */
  readonly listeners: readonly ListenerChange[];
  /** Changes of rules whose requests cannot be followed here, the riskiest first. */
  readonly unfollowed: readonly UnfollowedChange[];
  /** Changes of what is declared that none of them shows, such as of a field that the proxy does not enforce. */
  readonly declared: readonly DeclaredChange[];
}

/**
 * `fails`: more is answered with an error of the proxy's own, or not at all. `moves`: other backends, or another answer.
 * `shares`: the same ones in other shares. `handling`: the same, with other filters, timeouts or the like. `serves`: less
 * fails than before.
 */
export type Risk = "fails" | "moves" | "shares" | "handling" | "serves";

/** Requests that the change treats differently. */
export interface TrafficChange {
  readonly risk: Risk;
  /** `namespace/name`. */
  readonly gateway: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Names, `*.suffix`, or `*`; each but for the hosts that a more specific name in either configuration has. */
  readonly hosts: readonly string[];
  /** A prefix stands for all paths below it. */
  readonly paths: readonly { readonly type: "Exact" | "PathPrefix"; readonly value: string }[];
  /** Paths below those that stay as they are or have an entry of their own, at least in part. */
  readonly exceptPaths: readonly { readonly type: "Exact" | "PathPrefix"; readonly value: string }[];
  /** What they meet besides, all of it: `method GET`, `header serve = canary`. */
  readonly conditions: readonly string[];
  /** Those among them that stay as they are or have an entry of their own. */
  readonly except: readonly string[];
  readonly before: Treatment;
  readonly after: Treatment;
  /**
   * What of the handling differs, as `timeouts.request: none → 2000 ms`; for requests that nothing served before, all that
   * their rule has. Values of credentials in headers and query parameters are not shown.
   */
  readonly differences: readonly string[];
  /** Why another rule takes them, or none. */
  readonly why?: string;
  /** One of them; absent where no request could be made up, as for some regular expressions. */
  readonly example?: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** Where requests go on one side, and what is answered in a backend's place. */
export interface Treatment {
  /** Such as `HTTPRoute store/acme-store`; absent where no rule takes them. */
  readonly route?: string;
  /** `rules[0]`, with the rule's name if it has one. */
  readonly rule?: string;
  /** The share of each backend, by `namespace/name:port`, or `group/kind namespace/name:port` for an opaque one. */
  readonly backends: Readonly<Record<string, number>>;
  /** The share that the proxy answers itself with an error, or that gets no connection: 1 for all. */
  readonly failing: number;
  /** What is answered in a backend's place: `404`, `301 to https`, `500 (BackendNotFound)`. */
  readonly answers: readonly string[];
  /** The filters on the way that only the controller of the class knows; absent: none. */
  readonly opaque?: readonly string[];
}

export interface ListenerChange {
  /** `namespace/name`. */
  readonly gateway: string;
  readonly port: number;
  readonly listener: string;
  /** In words. */
  readonly change: string;
}

/**
 * A change of a rule whose requests cannot be followed here: its Gateway is in none of the sources, its parent is a service
 * mesh's, its route is of a kind below HTTP, or only the controller of the class knows its regular expression.
 */
export interface UnfollowedChange {
  /** By where the rule sends requests. A rule with other parents, hostnames or matches `moves`. */
  readonly risk: Risk;
  /** `HTTPRoute store/acme-store`. */
  readonly route: string;
  /** `rules[0]`, with the rule's name if it has one; as in `after`, unless the rule is gone. */
  readonly rule: string;
  /** Why its requests cannot be followed: `Gateway edge/acme-external is not declared`. */
  readonly because: string;
  readonly before: Treatment;
  readonly after: Treatment;
  /** What else of the rule differs, as in `TrafficChange`, with `parents`, `hostnames` and `matches`. */
  readonly differences: readonly string[];
}

/** A field of an object that is declared otherwise. */
export interface DeclaredChange {
  /** `HTTPRoute store/acme-store`. */
  readonly object: string;
  /** `spec.rules[0].sessionPersistence.cookie.name`; named items of lists by their names. */
  readonly field: string;
  /** Absent: not set. */
  readonly before?: string;
  /** Absent: not set any more. */
  readonly after?: string;
  /** False for a field that the proxy does not enforce. True for one that decides other things than requests. */
  readonly enforced: boolean;
}
