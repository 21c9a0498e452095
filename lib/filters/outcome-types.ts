/**
 * What becomes of a request: nothing is returned, and it passes as it is; changes, and it passes with them; or an answer,
 * and no backend sees it.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the request pass.
export type RequestOutcome = void | undefined | RequestChanges | { readonly respond: FilterAnswer };

/** What to change of a request. What is left out stays. */
export interface RequestChanges {
  readonly headers?: HeaderEdits;
  /** The Host to send, with a port if need be. */
  readonly host?: string;
  /** Begins with `/`; without the query. Routing is over: the changed path is not matched again. */
  readonly path?: string;
  /** Without `?`; empty for none. */
  readonly query?: string;
  readonly respond?: undefined;
}

/** An answer in the backend's place. */
export interface FilterAnswer {
  /** 200 to 599. */
  readonly status: number;
  /** By name; several values as a list, such as those of Set-Cookie. By default none but the proxy's own. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Text is sent as UTF-8 and is `text/plain` unless `headers` say otherwise; bytes are sent as they are. By default
   * there is none. 204, 205 and 304 have none.
   */
  readonly body?: string | Uint8Array;
}

/** What to change of a response: nothing, or its status and header fields. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the response pass.
export type ResponseOutcome = void | undefined | ResponseChanges;

/** What to change of a response. What is left out stays. */
export interface ResponseChanges {
  /** 200 to 599, not one of 204, 205 and 304, which have no body; nor can the status of such a response be changed. */
  readonly status?: number;
  readonly headers?: HeaderEdits;
}

/**
 * Changes of header fields, carried out in this order. Fields that frame a message or belong to one connection
 * (Connection, Content-Length, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade) and Host are none
 * of a filter's business: naming them is an error.
 */
export interface HeaderEdits {
  /** Replaces the values, or adds the field if it is absent. */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds fields to those that are there; several of a name as a list. */
  readonly add?: Readonly<Record<string, string | readonly string[]>>;
  readonly remove?: readonly string[];
}
