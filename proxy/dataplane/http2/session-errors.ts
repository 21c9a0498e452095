import { constants, type ServerHttp2Session } from "node:http2";

/** What Node.js ends a session for. */
interface SessionError extends Error {
  readonly code?: string;
  /** Of ERR_HTTP2_ERROR: nghttp2's. */
  readonly errno?: number;
}

/** nghttp2's numbers: against the protocol; requests refused, answers not read, CONTINUATION frames, one too many. */
const PROTOCOL = -505;
const CALLBACK_FAILURE = -902;
const FLOODED = -904;
const TOO_MANY_CONTINUATIONS = -905;

/** Whether a client did nothing wrong but too much of it. */
export function isExcess({ code, errno }: SessionError): boolean {
  if (code === "ERR_HTTP2_TOO_MANY_INVALID_FRAMES" || code === tooManyResets.code) return true;
  return errno === CALLBACK_FAILURE || errno === FLOODED || errno === TOO_MANY_CONTINUATIONS;
}

/** Nobody sees the error itself. */
export const tooManyResets = Object.assign(new Error("too many streams were reset"), { code: "TOO_MANY_RESETS" });

/** As little as too many resets is it seen by anybody. RFC 9113 section 10.5 leaves the code to us. */
export const headOverdue = Object.assign(new Error("a head did not end in time"), { code: "HEAD_OVERDUE" });

/** The same where the connection is one of those that hold most while memory is short. */
export const shortOfMemory = Object.assign(new Error("memory is short"), { code: "SHORT_OF_MEMORY" });

/**
 * Has a session that ends by an error say which (RFC 9113 section 7): Node.js says INTERNAL_ERROR where nobody gives it
 * a code, and calls this method of its own to do so.
 */
export function sayWhy(session: ServerHttp2Session): void {
  const destroy = session.destroy.bind(session);
  session.destroy = (error?: Error, code?: number) => {
    destroy(error, code ?? (error instanceof Error ? codeOf(error) : undefined));
  };
}

function codeOf(error: SessionError): number | undefined {
  if (isExcess(error) || error.code === headOverdue.code || error.code === shortOfMemory.code)
    return constants.NGHTTP2_ENHANCE_YOUR_CALM;
  return error.errno === PROTOCOL ? constants.NGHTTP2_PROTOCOL_ERROR : undefined;
}
