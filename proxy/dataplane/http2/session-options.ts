import type { ServerSessionOptions } from "node:http2";
import type { Limits } from "../limits/limits.ts";
import { RequestHead } from "./request-head.ts";

/** What all HTTP/2 connections of a proxy share. */
export interface Http2Shared {
  readonly options: ServerSessionOptions;
  /** The head that is being dealt with. */
  readonly request: RequestHead;
}

/** Pseudo-header fields of a request. */
const pseudoFields = 4;
/** What RFC 9113 section 6.5.2 counts for each field beyond its name and value. */
const fieldOverhead = 32;

/**
 * The limits in the terms of Node.js and nghttp2.
 *
 * Both enforce the size and number of fields by a reset, as they arrive. That comes later than the limits of the proxy,
 * which have an answer (431): what a client is told is its limit of bytes with the overhead of every field, and cookies
 * that come in crumbs are joined before they are counted.
 *
 * Fixed in nghttp2, beyond which it ends the connection: 8 CONTINUATION frames for one head, 1,000 answers to PING and
 * SETTINGS that the client has not read, 32 entries of one SETTINGS.
 */
export function http2Shared(limits: Limits): Http2Shared {
  const options: ServerSessionOptions = {
    settings: {
      maxConcurrentStreams: limits.http2Streams,
      maxHeaderListSize: limits.headBytes + (limits.headFields + pseudoFields) * fieldOverhead,
    },
    maxHeaderListPairs: 2 * limits.headFields + pseudoFields,
    // Of a response, in the encoding of HPACK.
    maxSendHeaderBlockLength: 2 * limits.headBytes,
    maxSessionMemory: Math.max(1, Math.ceil(limits.http2SessionMemory / megabyte)),
    // What `ResetRate` counts, once more for a burst that is one read and ends before it is told of.
    streamResetBurst: 2 * limits.http2ResetBurst,
    streamResetRate: 2 * limits.http2ResetRate,
    maxSessionInvalidFrames: limits.http2ResetBurst,
    maxSessionRejectedStreams: limits.http2ResetBurst,
    // Fields that a backend repeats are forwarded as they came.
    strictSingleValueFields: false,
  };
  return { options, request: new RequestHead(limits.headFields) };
}

const megabyte = 1_000_000;
