/** The header fields of a message as the filter receives them. Names are case-insensitive. */
export interface HeaderFields extends Iterable<readonly [name: string, value: string]> {
  /** Returns the value, repeated fields joined with ", " (RFC 9110, section 5.3), Cookie with "; ". Or undefined. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** Returns the values of all fields with the name. Needed for Set-Cookie, whose values cannot be joined. */
  all(name: string): readonly string[];
}

/**
 * A request on its way to a backend, as the previous filters have changed it. It is read-only: a filter returns its
 * changes. Field values are byte strings as in Fetch and Node.js: each character is a byte.
 */
export interface FilteredRequest {
  readonly method: string;
  /** The scheme of the listener. */
  readonly scheme: "http" | "https";
  /** The normalized host: lower case, without port. */
  readonly host: string;
  /** The normalized path that was matched. It starts with `/` and has no dot segments, or is `*`. */
  readonly path: string;
  /** The raw query, without `?`. Empty if there is none. */
  readonly query: string;
  /**
   * The header fields that the backend would receive, including X-Forwarded-For and related fields. Connection-specific
   * fields and framing fields are left out.
   */
  readonly headers: HeaderFields;
  /** The peer of the connection: the client, or the last proxy in front of this one. */
  readonly peer: { readonly address: string };
}

/** The head of a backend's final response, as the previous filters have changed it. */
export interface FilteredResponse {
  readonly status: number;
  /** The header fields, without connection-specific fields. */
  readonly headers: HeaderFields;
}

/** The information that a filter receives in addition to the message. */
export interface FilterContext<Spec> {
  /** Name of the object that the route's `extensionRef` references. */
  readonly name: string;
  /** Namespace of the object, which is also the route's. */
  readonly namespace: string;
  /**
   * The object's spec, as the filter's schema returns it. All requests share the same value until the object changes.
   * Its arrays and plain objects are frozen.
   */
  readonly spec: Spec;
  /** Aborted when the outcome is not needed any more: the client has gone, or the timeout expired. For `fetch`. */
  readonly signal: FilterSignal;
}

/**
 * The platform's AbortSignal, if the project has its type from the DOM or Node.js. Otherwise its minimal common
 * interface.
 */
export type FilterSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; addEventListener(type: "abort", listener: () => void): void };
