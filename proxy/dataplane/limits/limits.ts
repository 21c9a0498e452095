/**
 * The limits of the proxy. Sizes are bytes, times milliseconds. A time of 0 means no limit, and so do 0 bytes of a
 * body, 0 connections in total, of an address or to all endpoints, 0 requests, and a share of 0. The documentation
 * lists the response for each limit. A client's message that exceeds a limit closes its connection.
 */
export interface Limits {
  /** Maximum length of a request target. A longer one is answered 414 (RFC 9110 section 15.5.15). Default: 16 KiB. */
  readonly targetBytes: number;
  /**
   * Maximum length of a head, including the request line. A longer request is answered 431 (RFC 6585), a longer
   * response 502. Default: 64 KiB.
   */
  readonly headBytes: number;
  /** Maximum number of fields of a head; answered like `headBytes`. Default: 128. */
  readonly headFields: number;
  /**
   * Maximum bytes of a chunked body without data (chunk sizes, extensions, trailers), beyond eight for each byte of
   * data; more is answered 400 (RFC 9112 section 7.1.1). Default: 16 KiB.
   */
  readonly framingBytes: number;
  /** Maximum number of interim responses (1xx) to one request; more are answered 502. Default: 32. */
  readonly interimResponses: number;
  /**
   * Request bodies up to this length are read to their end when the response does not need them, to keep the
   * connection. Default: 64 KiB.
   */
  readonly discardedBody: number;
  /**
   * Maximum length of a request body; a longer one is answered 413 (RFC 9110 section 15.5.14), before it is read if its
   * length is known. Default: 0.
   */
  readonly bodyBytes: number;
  /**
   * Maximum number of concurrent connections from clients. A further one replaces one that has been idle for a second;
   * if there is none, it is answered 503 and closed. Default: 16,384, and at most half of the file descriptors.
   */
  readonly connections: number;
  /**
   * Maximum number of connections from one address, or from one /64 of IPv6; a further one is answered 429 and closed.
   * Default: 4,096; with trusted hops in front, whose connections these are, 0.
   */
  readonly addressConnections: number;
  /** Maximum number of concurrent requests, without tunnels; a further one is answered 503. Default: 16,384. */
  readonly requests: number;
  /**
   * Maximum share of the memory that the process may use, in percent: of V8's heap, and of the memory of the container
   * or machine. Beyond it, new requests are answered 503 and connections are not kept. Default: 90.
   */
  readonly memoryPercent: number;
  /**
   * Maximum repeated delay of the event loop. Beyond it, a part of the requests is answered 503, and a growing one as
   * long as that does not help. Default: 1 s.
   */
  readonly loopDelay: number;
  /**
   * Maximum share of a client address (or an IPv6 /64) once half of the connections to an endpoint are in use, in
   * percent of those that other clients leave. Further requests wait. The same share applies to the places in the queue
   * of an endpoint, and to `requests`, where further ones are answered 503. 0 for no limit. Default: 90; with trusted
   * hops in front, whose connections these are, 0.
   */
  readonly addressShare: number;
  /** Maximum share, as in `addressShare`, of one HTTP/2 connection of a client, except in queues. Default: 25. */
  readonly connectionShare: number;
  /** Maximum concurrent connections to one endpoint, without tunnels; further requests queue. Default: 1,024. */
  readonly endpointConnections: number;
  /**
   * Maximum number of concurrent connections to all endpoints, including tunnels and mirrors. At the limit, an idle
   * connection to another endpoint makes room; if none is idle, requests wait in the queues of their endpoints.
   * Default: 16,384, and at most half of the file descriptors.
   */
  readonly upstreamConnections: number;
  /**
   * Maximum number of concurrent requests on one HTTP/2 connection to an endpoint, or fewer if the endpoint admits
   * fewer. Default: 100.
   */
  readonly endpointStreams: number;
  /**
   * Time without data on an HTTP/2 connection to an endpoint with requests under way until a PING checks that it is
   * alive; 0 disables the check. Default: 10 s.
   */
  readonly endpointPing: number;
  /** Time for the response to that PING; then the connection is closed. Default: 10 s. */
  readonly endpointPingTimeout: number;
  /** Maximum requests that wait for a connection to one endpoint; a further one is answered 503. Default: 1,024. */
  readonly endpointQueue: number;
  /**
   * Maximum number of concurrent requests on one HTTP/2 connection from a client; more are refused (REFUSED_STREAM).
   * Default: 100.
   */
  readonly http2Streams: number;
  /**
   * Maximum number of requests of one HTTP/2 connection that end in a reset by either side, beyond `http2ResetRate`;
   * then the connection ends with ENHANCE_YOUR_CALM (CVE-2023-44487, CVE-2025-8671). Default: 500.
   */
  readonly http2ResetBurst: number;
  /** Average number of such requests per second. Default: 33. */
  readonly http2ResetRate: number;
  /**
   * Maximum memory of HTTP/2 itself for one connection from a client: header tables and fields, frames that wait to be
   * sent. Beyond it requests are refused, then the connection ends. Default: 10 MiB, at least 1 MiB.
   */
  readonly http2SessionMemory: number;
  /**
   * Time from accepting a connection to the end of its PROXY header and TLS handshake; then it is closed. Default: 10
   * s.
   */
  readonly handshakeTimeout: number;
  /** Maximum length of a PROXY header; with a longer one the connection is closed. Default: 4 KiB. */
  readonly proxyHeaderBytes: number;
  /**
   * Maximum length of a TLS client's first message, including framing; with a longer one the handshake is refused.
   * Default: 16 KiB.
   */
  readonly clientHelloBytes: number;
  /**
   * Time from a request's first byte to the end of its head; then 408. For HTTP/2 it takes effect up to as long again
   * later, and the connection ends with ENHANCE_YOUR_CALM. Default: 10 s.
   */
  readonly headTimeout: number;
  /** Time without a request on a connection from a client; then it is closed. Default: 75 s. */
  readonly idleTimeout: number;
  /** Time between two reads of a request body that the proxy waits for; then 408. Default: 60 s. */
  readonly bodyIdleTimeout: number;
  /**
   * Minimum bytes of a request body per second, averaged over `bodyRatePeriod`, while the proxy waits for the client;
   * otherwise 408. Default: 0, since a body may be a stream of events.
   */
  readonly bodyRate: number;
  /**
   * Minimum rate, as in `bodyRate`, while other requests wait for the connection that the body holds, because its
   * endpoint or all endpoints have no room: a slow client then displaces others. A response is ended too if its client
   * has read nothing of it for a `bodyRatePeriod`; for HTTP/2 for three periods, if the connection reaches this rate
   * for each of its requests. 0 for never. Default: 500.
   */
  readonly contendedBodyRate: number;
  /** Period over which rates are averaged. Default: 10 s. */
  readonly bodyRatePeriod: number;
  /** Time in which the client reads nothing of a waiting response; then the connection is closed. Default: 60 s. */
  readonly writeTimeout: number;
  /** Time until a connection to an endpoint is established, or one becomes free; then 503. Default: 5 s. */
  readonly connectTimeout: number;
  /**
   * Time from sending a request to the head of its response, if the rule sets no `timeouts.backendRequest`; then 504.
   * Default: 60 s.
   */
  readonly responseTimeout: number;
  /** Time between two reads of a response body; then the client's connection is cut. Default: 5 min. */
  readonly responseIdleTimeout: number;
  /**
   * Maximum remaining bytes of a response of known length that are read from the endpoint even if the client does not
   * read them: the connection to the endpoint is then free for the next request. Default: 64 KiB.
   */
  readonly responseBuffer: number;
  /**
   * Time for which an idle connection to an endpoint is kept. It is below that of common servers (Node.js: 5 s), so
   * that the proxy closes first; a shorter `Keep-Alive: timeout=` of the endpoint is honoured. Default: 4 s.
   */
  readonly upstreamIdleTimeout: number;
  /**
   * Time without a byte in either direction of a tunnel, such as a WebSocket's; then both sides are closed. Default: 10
   * min.
   */
  readonly tunnelIdleTimeout: number;
  /**
   * Time without a byte in either direction of a gRPC call of a GRPCRoute, in place of all times for requests and
   * responses; then the call fails. It takes effect up to as long again later. Default: 10 min.
   */
  readonly callIdleTimeout: number;
  /** Time for a client to read a response before a connection that is closed early is cut. Default: 2 s. */
  readonly lingerTimeout: number;
  /** Time for one asynchronous filter for ExtensionRef to decide about a request; then 500. Default: 1 s. */
  readonly filterTimeout: number;
  /**
   * Maximum bytes of the body that are read while a request waits for such a filter; the rest stays with the client.
   * Default: 64 KiB.
   */
  readonly filteredBody: number;
  /**
   * Maximum bytes of the body that are kept to retry a request whose rule has a `retry`; a request with a longer one is
   * sent once. Default: 64 KiB.
   */
  readonly retryBody: number;
  /**
   * Maximum bytes of a mirrored request that are kept while its backend does not accept them; a slower mirror is
   * dropped. Default: 256 KiB.
   */
  readonly mirrorBuffer: number;
  /** Maximum number of concurrent mirrored requests; more are dropped. Default: 1,024. */
  readonly mirrors: number;
  /** Time for one mirrored request, from its start to the end of its response. Default: 15 s. */
  readonly mirrorTimeout: number;
  /** Maximum bytes of access log lines that wait for a slow reader; more are dropped and counted. Default: 1 MiB. */
  readonly accessLogBuffer: number;
}

export const defaultLimits: Limits = {
  targetBytes: 16 * 1024,
  headBytes: 64 * 1024,
  headFields: 128,
  framingBytes: 16 * 1024,
  interimResponses: 32,
  discardedBody: 64 * 1024,
  bodyBytes: 0,
  connections: 16_384,
  addressConnections: 4_096,
  requests: 16_384,
  memoryPercent: 90,
  loopDelay: 1_000,
  addressShare: 90,
  connectionShare: 25,
  endpointConnections: 1_024,
  upstreamConnections: 16_384,
  endpointStreams: 100,
  endpointPing: 10_000,
  endpointPingTimeout: 10_000,
  endpointQueue: 1_024,
  http2Streams: 100,
  http2ResetBurst: 500,
  http2ResetRate: 33,
  http2SessionMemory: 10 * 1024 * 1024,
  handshakeTimeout: 10_000,
  proxyHeaderBytes: 4 * 1024,
  clientHelloBytes: 16 * 1024,
  headTimeout: 10_000,
  idleTimeout: 75_000,
  bodyIdleTimeout: 60_000,
  bodyRate: 0,
  contendedBodyRate: 500,
  bodyRatePeriod: 10_000,
  writeTimeout: 60_000,
  connectTimeout: 5_000,
  responseTimeout: 60_000,
  responseIdleTimeout: 300_000,
  responseBuffer: 64 * 1024,
  upstreamIdleTimeout: 4_000,
  tunnelIdleTimeout: 600_000,
  callIdleTimeout: 600_000,
  lingerTimeout: 2_000,
  filterTimeout: 1_000,
  filteredBody: 64 * 1024,
  retryBody: 64 * 1024,
  mirrorBuffer: 256 * 1024,
  mirrors: 1_024,
  mirrorTimeout: 15_000,
  accessLogBuffer: 1024 * 1024,
};
