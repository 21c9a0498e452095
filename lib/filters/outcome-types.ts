/**
 * The outcome of a filter for a request. Nothing: the request passes unchanged. Changes: the request passes with them.
 * A response: it is sent, and no backend receives the request.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the request pass.
export type RequestOutcome = void | undefined | RequestChanges | { readonly respond: FilterAnswer };

/** Changes to a request. Omitted parts are not changed. */
export interface RequestChanges {
  readonly headers?: HeaderEdits;
  /** The Host to send, with an optional port. */
  readonly host?: string;
  /** The path, which must start with `/` and has no query. The changed path is not matched again. */
  readonly path?: string;
  /** The query without `?`. Empty for no query. */
  readonly query?: string;
  readonly respond?: undefined;
}

/** A response that is sent in place of the backend's. */
export interface FilterAnswer {
  /** The status, 200 to 599. */
  readonly status: number;
  /** Header fields by name; a list repeats the field, such as Set-Cookie. Default: only the proxy's own fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Text is sent as UTF-8 with type `text/plain`, unless `headers` set another type. Bytes are sent unchanged. Default:
   * no body. 204, 205 and 304 have no body.
   */
  readonly body?: string | Uint8Array;
}

/** The outcome of a filter for a response: nothing, or changes to its status and header fields. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the response pass.
export type ResponseOutcome = void | undefined | ResponseChanges;

/** Changes to a response. Omitted parts are not changed. */
export interface ResponseChanges {
  /** 200 to 599, except 204, 205 and 304, which have no body. The status of such a response cannot be changed. */
  readonly status?: number;
  readonly headers?: HeaderEdits;
}

/**
 * Changes to header fields, applied in the order set, add, remove. Filters cannot change Host here, nor the fields that
 * frame a message or belong to one connection: Connection, Content-Length, Keep-Alive, Proxy-Connection, TE, Trailer,
 * Transfer-Encoding, Upgrade. Naming one of them is an error.
 */
export interface HeaderEdits {
  /** Replaces the values, or adds the field if it is absent. */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds fields to the existing ones; a list adds several fields of one name. */
  readonly add?: Readonly<Record<string, string | readonly string[]>>;
  readonly remove?: readonly string[];
}
