/**
 * What the proxy admits and how long it waits. Sizes are bytes, times milliseconds. A time of 0 means without limit, and
 * so do 0 bytes of a body, 0 connections in all, of an address or to all endpoints, 0 requests, and a share of 0.
 * docs say what each answers; what a client's message breaks closes its connection.
 */
export interface Limits {
  /** Length of a request target. A longer one is answered 414 (RFC 9110 section 15.5.15). Default 16 KiB. */
  readonly targetBytes: number;
  /** Length of a head, request line included; a longer request is answered 431 (RFC 6585), a longer response 502. Default 64 KiB. */
  readonly headBytes: number;
  /** Fields of a head; answered like `headBytes`. Default 128. */
  readonly headFields: number;
  /**
   * Bytes of a chunked body that carry no data (chunk sizes, extensions, trailers), beyond eight for each byte of
   * data; more is answered 400 (RFC 9112 section 7.1.1). Default 16 KiB.
   */
  readonly framingBytes: number;
  /** Interim responses (1xx) to one request; more are answered 502. Default 32. */
  readonly interimResponses: number;
  /** Request bodies up to this length are read to their end when the answer does not wait for them, to keep the connection. Default 64 KiB. */
  readonly discardedBody: number;
  /**
   * Length of a request body; a longer one is answered 413 (RFC 9110 section 15.5.14), before any of it is read if its
   * length is known. Default 0.
   */
  readonly bodyBytes: number;
  /**
   * Connections from clients at one time. One more takes the place of one that has been idle for a second; if there is
   * none, it is answered 503 and closed. Default 16,384, and no more than half of the file descriptors.
   */
  readonly connections: number;
  /**
   * Those from one address, of IPv6 from one /64; one more is answered 429 and closed. Default 4,096; with trusted hops
   * in front, whose connections these are, 0.
   */
  readonly addressConnections: number;
  /** Requests under way at one time, tunnels apart; one more is answered 503. Default 16,384. */
  readonly requests: number;
  /**
   * Share of the memory that the process may use, in percent: of V8's heap, and of what the container or the machine
   * has. Beyond it, new requests are answered 503 and no connection is kept. Default 90.
   */
  readonly memoryPercent: number;
  /**
   * How late the event loop may be, over and again: then a part of the requests is answered 503, a growing one for as
   * long as it does not help. Default 1 s.
   */
  readonly loopDelay: number;
  /**
   * Once half of the connections to an endpoint are in use: of those that other clients leave, percent that clients of
   * one address may have, of IPv6 of one /64. Further requests wait. The same goes for the places in the queue of an
   * endpoint, and for `requests`, where more are answered 503. 0 for all. Default 90; with trusted hops in front, whose
   * connections these are, 0.
   */
  readonly addressShare: number;
  /** The same for one HTTP/2 connection of a client; queues apart. Default 25. */
  readonly connectionShare: number;
  /** Connections to one endpoint at one time, tunnels apart; requests beyond wait in a queue. Default 1,024. */
  readonly endpointConnections: number;
  /**
   * Connections to all endpoints at one time, tunnels and mirrors included. At the bound an idle connection to another
   * endpoint makes room; if none is idle, requests wait in the queues of their endpoints. Default 16,384, and no more
   * than half of the file descriptors.
   */
  readonly upstreamConnections: number;
  /** Of one HTTP/2 connection to an endpoint, requests at one time, or fewer if it admits fewer. Default 100. */
  readonly endpointStreams: number;
  /**
   * How long nothing may come on an HTTP/2 connection to an endpoint with requests under way until a PING asks whether
   * it lives; 0 never asks. Default 10 s.
   */
  readonly endpointPing: number;
  /** For the answer to that PING; then the connection is cut. Default 10 s. */
  readonly endpointPingTimeout: number;
  /** Requests that wait for a connection to one endpoint; one more is answered 503. Default 1,024. */
  readonly endpointQueue: number;
  /** Of one HTTP/2 connection from a client, requests at one time; more are refused (REFUSED_STREAM). Default 100. */
  readonly http2Streams: number;
  /**
   * Requests of one HTTP/2 connection that end in a reset, whoever sent it, beyond `http2ResetRate`; then the
   * connection ends with ENHANCE_YOUR_CALM (CVE-2023-44487, CVE-2025-8671). Default 500.
   */
  readonly http2ResetBurst: number;
  /** Such requests for each second, on the average. Default 33. */
  readonly http2ResetRate: number;
  /**
   * What HTTP/2 itself may keep for one connection from a client: header tables and fields, frames that wait to be
   * sent. Beyond it requests are refused, then the connection ends. Default 10 MiB, at least 1 MiB.
   */
  readonly http2SessionMemory: number;
  /** From an accepted connection to the end of its PROXY header and of its TLS handshake; then it is cut. Default 10 s. */
  readonly handshakeTimeout: number;
  /** Length of a PROXY header; with a longer one the connection is cut. Default 4 KiB. */
  readonly proxyHeaderBytes: number;
  /** Length of a TLS client's first message, framing included; with a longer one the handshake is refused. Default 16 KiB. */
  readonly clientHelloBytes: number;
  /**
   * From a request's first byte to the end of its head; then 408. Over HTTP/2, where it takes effect up to as long again
   * later, the connection ends with ENHANCE_YOUR_CALM. Default 10 s.
   */
  readonly headTimeout: number;
  /** Without a request on a connection from a client; then it is closed. Default 75 s. */
  readonly idleTimeout: number;
  /** Between two reads of a request body that the proxy waits for; then 408. Default 60 s. */
  readonly bodyIdleTimeout: number;
  /**
   * Bytes of a request body for each second, on the average of `bodyRatePeriod`, while the client is waited for; then
   * 408. Default 0, since a body may be a stream of events.
   */
  readonly bodyRate: number;
  /**
   * The same while requests wait for the connection that the body holds, since its endpoint or all endpoints have no
   * room for more: whoever is slow then keeps others out. Such a response is ended if its client has taken nothing of
   * it for a `bodyRatePeriod`; over HTTP/2 for three, if the connection moves at this rate for each of its requests.
   * 0 for never. Default 500.
   */
  readonly contendedBodyRate: number;
  /** Default 10 s. */
  readonly bodyRatePeriod: number;
  /** Without the client taking any of the response that is ready for it; then the connection is cut. Default 60 s. */
  readonly writeTimeout: number;
  /** Until a connection to an endpoint is established, or one becomes free; then 503. Default 5 s. */
  readonly connectTimeout: number;
  /** From sending a request to the head of its response, if the rule sets no `timeouts.backendRequest`; then 504. Default 60 s. */
  readonly responseTimeout: number;
  /** Between two reads of a response body; then the client's connection is cut. Default 5 min. */
  readonly responseIdleTimeout: number;
  /**
   * Of a response whose length is known, bytes taken from the endpoint although the client does not take them: if no
   * more are to come, the connection to the endpoint is free for the next request. Default 64 KiB.
   */
  readonly responseBuffer: number;
  /**
   * For which a connection to an endpoint waits for its next request. Below what common servers wait (Node.js: 5 s),
   * so that the proxy is the one to close; a shorter `Keep-Alive: timeout=` of the endpoint is honoured. Default 4 s.
   */
  readonly upstreamIdleTimeout: number;
  /** Without a byte in either direction of a tunnel, such as a WebSocket's; then both sides are cut. Default 10 min. */
  readonly tunnelIdleTimeout: number;
  /**
   * Without a byte in either direction of a gRPC call of a GRPCRoute, in place of all times for requests and responses;
   * then it fails. It takes effect up to as long again later. Default 10 min.
   */
  readonly callIdleTimeout: number;
  /** For which a client may take in an answer before a connection that is closed early is cut. Default 2 s. */
  readonly lingerTimeout: number;
  /** For one asynchronous filter of ExtensionRef to decide about a request; then 500. Default 1 s. */
  readonly filterTimeout: number;
  /** Of a request that waits for such a filter, bytes of the body taken in before the rest is left with the client. Default 64 KiB. */
  readonly filteredBody: number;
  /** Of a request whose rule has a `retry`, bytes of the body kept to send it again; with a longer one it is sent once. Default 64 KiB. */
  readonly retryBody: number;
  /** Of a mirrored request, bytes kept while its backend does not take them; a mirror that is slower is dropped. Default 256 KiB. */
  readonly mirrorBuffer: number;
  /** Mirrored requests under way at one time; more are dropped. Default 1,024. */
  readonly mirrors: number;
  /** For one mirrored request, from its start to the end of its response. Default 15 s. */
  readonly mirrorTimeout: number;
  /** Lines of the access log that wait for a reader that is slow; more are dropped and counted. Default 1 MiB. */
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
