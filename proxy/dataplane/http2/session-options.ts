import type { ServerSessionOptions } from "node:http2";
import type { Limits } from "../limits/limits.ts";
import { Http2RequestHead } from "./request-head.ts";

/** The state that all HTTP/2 connections of a proxy share. */
export interface Http2Shared {
  readonly options: ServerSessionOptions;
  /** The head that is being processed. */
  readonly request: Http2RequestHead;
}

/** Number of pseudo-header fields of a request. */
const pseudoFields = 4;
/** Bytes that RFC 9113 section 6.5.2 counts for each field, in addition to its name and value. */
const fieldOverhead = 32;

/**
 * Returns the limits in the terms of Node.js and nghttp2.
 *
 * Both enforce the size and number of fields by a reset, as the fields arrive. That happens beyond the limits of the
 * proxy itself, which have a response (431): a client is told the limit of bytes plus the overhead of every field, and
 * divided cookies are joined before they are counted.
 *
 * nghttp2 also has fixed limits, beyond which it ends the connection: 8 CONTINUATION frames for one head, 1,000
 * responses to PING and SETTINGS that the client has not read, 32 entries of one SETTINGS.
 */
export function http2Shared(limits: Limits): Http2Shared {
  const options: ServerSessionOptions = {
    settings: {
      maxConcurrentStreams: limits.http2Streams,
      maxHeaderListSize: limits.headBytes + (limits.headFields + pseudoFields) * fieldOverhead,
    },
    maxHeaderListPairs: 2 * limits.headFields + pseudoFields,
    // The limit of a response's head in the encoding of HPACK.
    maxSendHeaderBlockLength: 2 * limits.headBytes,
    maxSessionMemory: Math.max(1, Math.ceil(limits.http2SessionMemory / megabyte)),
    // This doubles the limit of `ResetRate`, for a burst within one read, which ends before it is reported.
    streamResetBurst: 2 * limits.http2ResetBurst,
    streamResetRate: 2 * limits.http2ResetRate,
    maxSessionInvalidFrames: limits.http2ResetBurst,
    maxSessionRejectedStreams: limits.http2ResetBurst,
    // Repeated fields of a backend are forwarded unchanged.
    strictSingleValueFields: false,
  };
  return { options, request: new Http2RequestHead(limits.headFields) };
}

const megabyte = 1_000_000;
