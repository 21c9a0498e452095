/** The content of the access log. Plain data, since it is posted to workers. */
export interface AccessLogOptions {
  /** A file, to which lines are appended and which may be rotated; or an open descriptor: 1 is standard output. */
  readonly to: string | number;
  /** Writes the query, which may contain private data. Default: false. */
  readonly query?: boolean;
  /** Request header fields to write, by name in lower case. Default: none. */
  readonly headers?: readonly string[];
  /**
   * Names of fields and query parameters whose values are never written. Default: the fields of authentication and
   * cookies.
   */
  readonly credentials?: RegExp;
  /** Requests answered with a lower status are sampled by `share`. Default: 0, which writes all. */
  readonly lowestStatus?: number;
  /** Random share of the requests below `lowestStatus` to write, from 0 to 1. Default: 0. */
  readonly share?: number;
}

/** The sampling of requests, and whether decisions of callers are followed. */
export interface Sampling {
  /** Sampled share from 0 to 1, decided by the trace's id, so that all services with this method agree. */
  readonly ratio: number;
  /** Follows the decision in `traceparent`. */
  readonly followsCaller: boolean;
}

/** The export of spans. Plain data, since it is posted to workers. */
export interface TracingOptions {
  /** URL to which batches are posted, including the path (`/v1/traces`); OTLP over HTTP as JSON. */
  readonly url: string;
  /** Header fields of those requests, such as one with a key. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Trust anchors for an https URL, as PEM. Default: those of Node.js. */
  readonly certificateAuthorities?: string;
  /** Attributes of the resource. Default: `service.name` is `gatewright`. */
  readonly resource?: Readonly<Record<string, string>>;
  /** Sampling. Default: everything, unless the caller has decided otherwise. */
  readonly sampling?: Sampling;
  /** Maximum number of spans that wait to be sent; more are dropped and counted. Default: 2,048. */
  readonly queueSize?: number;
  /** Maximum number of spans in one request. Default: 512. */
  readonly batchSize?: number;
  /** Milliseconds for which a span waits for others. Default: 5 s. */
  readonly delay?: number;
  /** Milliseconds for one request. Default: 10 s. */
  readonly timeout?: number;
}
