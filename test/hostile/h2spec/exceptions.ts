/**
 * Cases of h2spec that the proxy does not pass, by the name in the report, each with the reason. They are those of
 * nghttp2 in any server of Node.js; most of them require what was in RFC 7540 and is not in RFC 9113. A case that
 * passes must be removed from this list, or the tier fails. docs/decisions/0060-http2-is-nodes-own.md has the
 * consequences.
 */
export interface Exception {
  readonly reason: string;
  /** The scheme to which the exception is limited. Absent: both. */
  readonly scheme?: "http" | "https";
}

const closedStream =
  "frames of a closed stream are dropped: nghttp2 does not remember closed streams. RFC 9113 section 5.1 lets an endpoint end the connection for them, and does not ask it to";
const priorities = "RFC 9113 section 5.3.2 withdraws priorities: nghttp2 reads the frame and ignores it";

export const exceptions: Readonly<Record<string, Exception>> = {
  "http2/3.5 Sends invalid connection preface": {
    reason:
      "what is no preface is HTTP/1.1 on such a port and is answered so, with 400, and closed; h2spec reads it as a frame",
    scheme: "http",
  },
  "http2/5.1 closed: Sends a DATA frame after sending RST_STREAM frame": { reason: closedStream },
  "http2/5.1 closed: Sends a HEADERS frame after sending RST_STREAM frame": { reason: closedStream },
  "http2/5.1 closed: Sends a DATA frame": { reason: closedStream },
  "http2/5.1 closed: Sends a HEADERS frame": { reason: closedStream },
  "http2/5.1.1 Sends stream identifier that is numerically smaller than previous": {
    reason:
      "to nghttp2 this is a frame of a closed stream, which is dropped; RFC 9113 section 5.1.1 would end the connection",
  },
  "http2/5.3.1 Sends PRIORITY frame that depend on itself": { reason: priorities },
  "http2/6.3 Sends a PRIORITY frame with 0x0 stream identifier": { reason: priorities },
  "http2/6.7 Sends a PING frame with ACK": {
    reason: "Node.js ends a connection that acknowledges a ping nobody sent, where the RFC would have it ignored",
  },
  "http2/6.9.1 Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1 on a stream": {
    reason: "the connection is ended where a reset of the stream would do (RFC 9113 section 5.4: an endpoint may)",
  },
};
