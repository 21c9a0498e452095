import { constants, type ServerHttp2Session } from "node:http2";

/** An error for which Node.js ends a session. */
interface SessionError extends Error {
  readonly code?: string;
  /** The error number of nghttp2, for ERR_HTTP2_ERROR. */
  readonly errno?: number;
}

/** Errors of nghttp2: protocol error; refused requests, unread responses and CONTINUATION frames beyond a limit. */
const PROTOCOL = -505;
const CALLBACK_FAILURE = -902;
const FLOODED = -904;
const TOO_MANY_CONTINUATIONS = -905;

/** Returns whether a client did valid things too often. */
export function isExcess({ code, errno }: SessionError): boolean {
  if (code === "ERR_HTTP2_TOO_MANY_INVALID_FRAMES" || code === tooManyResets.code) return true;
  return errno === CALLBACK_FAILURE || errno === FLOODED || errno === TOO_MANY_CONTINUATIONS;
}

/** The error is only internal. */
export const tooManyResets = Object.assign(new Error("too many streams were reset"), { code: "TOO_MANY_RESETS" });

/** The error is only internal. RFC 9113 section 10.5 leaves the error code to the proxy. */
export const headOverdue = Object.assign(new Error("a head did not end in time"), { code: "HEAD_OVERDUE" });

/** The error for a connection that holds much memory while memory is short. */
export const shortOfMemory = Object.assign(new Error("memory is short"), { code: "SHORT_OF_MEMORY" });

/**
 * Makes a session that ends with an error send its code (RFC 9113 section 7). Node.js sends INTERNAL_ERROR without an
 * explicit code, and ends sessions by calling this method itself.
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
