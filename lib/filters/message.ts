/** The header fields of a message, as they stand when a filter sees them. Names are taken in any case. */
export interface HeaderFields extends Iterable<readonly [name: string, value: string]> {
  /** The value; several fields of the name joined with ", " (RFC 9110, section 5.3), those of Cookie with "; ". Undefined if there is none. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** The values of the fields of the name, one by one: for Set-Cookie, which cannot be joined. */
  all(name: string): readonly string[];
}

/**
 * A request on its way to a backend, as the filters in front have left it. It is read only: what is to change is what
 * the filter returns. Field values are byte strings as in Fetch and Node.js: each character is a byte.
 */
export interface FilteredRequest {
  readonly method: string;
  /** As the listener sees it. */
  readonly scheme: "http" | "https";
  /** Normalized: lower case, without port. */
  readonly host: string;
  /** Normalized, as it was matched: begins with `/` (or is `*`), without dot segments. */
  readonly path: string;
  /** Raw, without `?`; empty if there is none. */
  readonly query: string;
  /**
   * Those that the backend would get, X-Forwarded-For and its companions among them; without the fields of one
   * connection and of framing.
   */
  readonly headers: HeaderFields;
  /** Whoever connected: the client, or the last proxy in front of this one. */
  readonly peer: { readonly address: string };
}

/** The head of a backend's final response, as the filters in front have left it. */
export interface FilteredResponse {
  readonly status: number;
  /** Without the fields of one connection. */
  readonly headers: HeaderFields;
}

/** What a filter knows besides the message. */
export interface FilterContext<Spec> {
  /** Of the object that the route's `extensionRef` names. */
  readonly name: string;
  /** The object's namespace and the route's. */
  readonly namespace: string;
  /**
   * The object's spec, as the filter's schema gives it: one and the same value for all requests until the object changes,
   * with its lists and plain objects frozen.
   */
  readonly spec: Spec;
  /** Aborted when the answer is no longer wanted: the client is gone, or the time is over. For `fetch` and the like. */
  readonly signal: FilterSignal;
}

/**
 * The platform's AbortSignal, whose type a project has from the DOM or from Node.js; where it has neither, as much of it
 * as every AbortSignal has.
 */
export type FilterSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; addEventListener(type: "abort", listener: () => void): void };
