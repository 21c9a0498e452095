/**
 * Trailer fields that are not forwarded. RFC 9110 section 6.5.1 forbids a sender to put into trailers what is needed
 * to frame, route, authenticate or handle a message: a recipient that merged such a field would be deceived.
 */
const forbidden: ReadonlySet<string> = new Set([
  // Framing and the connection.
  ...[
    "transfer-encoding",
    "content-length",
    "trailer",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "upgrade",
  ],
  // Routing.
  ...["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "forwarded", "via"],
  // Request modifiers and conditions.
  ...["cache-control", "expect", "max-forwards", "pragma", "range"],
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"],
  // Authentication and state.
  ...["authorization", "proxy-authenticate", "proxy-authorization", "www-authenticate", "cookie", "set-cookie"],
  // Response control data.
  ...["age", "date", "expires", "location", "retry-after", "vary", "warning"],
  // How to process the content.
  ...["content-encoding", "content-type", "content-range"],
]);

/** @param name in lower case. */
export function isForbiddenTrailer(name: string): boolean {
  return forbidden.has(name);
}
