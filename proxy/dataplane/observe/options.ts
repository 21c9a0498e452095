/** What is written about each request. Plain data, since workers are handed it. */
export interface AccessLogOptions {
  /** A file, which is appended to and may be moved away while it is written; or an open descriptor, such as 1 for standard output. */
  readonly to: string | number;
  /** Whether the query is written, which may hold what users would not like to see there. Default: it is not. */
  readonly query?: boolean;
  /** Fields of requests that are written, by their names in lower case. Default: none. */
  readonly headers?: readonly string[];
  /**
   * Names of fields and query parameters whose values are not written, whoever asks for them. Default: the fields of
   * authentication and cookies.
   */
  readonly credentials?: RegExp;
  /** Requests answered with a lower status are left to `share`. Default: 0, which writes all. */
  readonly lowestStatus?: number;
  /** Of the requests below `lowestStatus`, how many are written, from 0 to 1, by chance. Default: 0. */
  readonly share?: number;
}

/** Which requests without a decision of their caller's are traced, and whether callers have a say. */
export interface Sampling {
  /** From 0 to 1, decided by the trace's id, so that all who decide in this way agree. */
  readonly ratio: number;
  /** Whether a decision that came with `traceparent` is followed. */
  readonly followsCaller: boolean;
}

/** Where spans go. Plain data, since workers are handed it. */
export interface TracingOptions {
  /** URL that batches are posted to, with its path (`/v1/traces`); OTLP over HTTP as JSON. */
  readonly url: string;
  /** Fields of those requests, such as one with a key. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Trust anchors for an https URL, as PEM. Default: those of Node.js. */
  readonly certificateAuthorities?: string;
  /** Attributes of the resource. Default: `service.name` is `gatewright`. */
  readonly resource?: Readonly<Record<string, string>>;
  /** Default: everything, unless the caller has decided otherwise. */
  readonly sampling?: Sampling;
  /** Spans that wait to be sent; more are dropped and counted. Default: 2,048. */
  readonly queueSize?: number;
  /** Spans in one request. Default: 512. */
  readonly batchSize?: number;
  /** How long a span waits for others, in milliseconds. Default: 5 s. */
  readonly delay?: number;
  /** For one request, in milliseconds. Default: 10 s. */
  readonly timeout?: number;
}
