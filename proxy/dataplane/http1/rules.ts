/**
 * The rules of HTTP/1.1 that llhttp leaves to its caller. llhttp checks tokens, field values, line ends, folding, the
 * form of Content-Length, and Transfer-Encoding beside Content-Length. A request that breaks a rule is answered and its
 * connection closed, since the start of the next request is uncertain.
 */
import type { Limits } from "../limits/limits.ts";
import type { Head } from "../message/head.ts";
import { bit, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING } from "../message/header-names.ts";
import { INVALID_METHOD, INVALID_VERSION, PAUSED_H2_UPGRADE } from "./llhttp.ts";
import type { MessageParser } from "./message-parser.ts";
import type { TrailerExcess } from "./trailers.ts";

/** Why a request is refused. */
export interface MessageRefusal {
  readonly status: number;
  /** A stable name of the cause, for logs and metrics. */
  readonly reason: string;
  /** One sentence for the client. */
  readonly message: string;
}

/** Special lengths: bodies that end otherwise than after a number of bytes. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

const refuse = (status: number, reason: string, message: string): MessageRefusal =>
  Object.freeze({ status, reason, message });

export const messageRefusals = {
  requestLine: refuse(400, "InvalidRequestLine", "The request line must be METHOD SP target SP HTTP/1.1."),
  version: refuse(505, "UnsupportedVersion", "This proxy speaks HTTP/1.1 and HTTP/1.0 here."),
  method: refuse(501, "UnknownMethod", "The method is not known to this proxy."),
  connect: refuse(501, "ConnectNotSupported", "CONNECT is not supported."),
  targetTooLong: refuse(414, "TargetTooLong", "The request target is too long."),
  headTooLarge: refuse(431, "HeadTooLarge", "The request's header section is too large."),
  tooManyFields: refuse(431, "TooManyFields", "The request has too many header fields."),
  trailersTooLarge: refuse(431, "TrailersTooLarge", "The request's trailer section is too large."),
  tooManyTrailers: refuse(431, "TooManyTrailers", "The request has too many trailer fields."),
  hostMissing: refuse(400, "HostMissing", "The request must have a Host field."),
  hostRepeated: refuse(400, "HostRepeated", "The request must have one Host field only."),
  codingOnHttp10: refuse(400, "TransferEncodingOnHttp10", "Transfer-Encoding has no meaning in HTTP/1.0."),
  codingRepeated: refuse(400, "TransferEncodingRepeated", "Transfer-Encoding must be one field."),
  coding: refuse(501, "UnknownTransferCoding", "The only transfer coding known here is chunked."),
  lengthTooLarge: refuse(413, "ContentTooLarge", "Content-Length is beyond what this proxy can count."),
  bodyTooLarge: refuse(413, "BodyTooLarge", "The request's body is larger than this proxy admits."),
  expectation: refuse(417, "UnknownExpectation", "The only expectation known here is 100-continue."),
  framing: refuse(400, "TooMuchFraming", "The chunked body has too many bytes that carry no data."),
  headTimeout: refuse(408, "HeadTimeout", "The request's head did not arrive in time."),
  bodyTooSlow: refuse(408, "BodyTooSlow", "The request's body comes more slowly than this proxy admits."),
  fieldOfConnection: refuse(
    400,
    "ConnectionSpecificField",
    "HTTP/2 has no fields of a connection, and TE is trailers.",
  ),
  authority: refuse(400, "AuthorityMismatch", "Host and :authority must name the same host."),
  path: refuse(400, "InvalidPath", "The path must start with a slash; only OPTIONS may have *."),
  scheme: refuse(400, "UnsupportedScheme", "The scheme of the request must be http or https."),
  lengthMismatch: refuse(400, "ContentLengthMismatch", "The body is not as long as Content-Length says."),
  bodyTimeout: refuse(408, "BodyTimeout", "The request's body did not arrive in time."),
} as const;

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const DEL = 0x7f;
/** Length of `HTTP/1.1 200`, after which the reason phrase follows. */
const statusLineStart = 12;

/** Checks a complete head; undefined if it is valid. */
export function checkRequest(parser: MessageParser, limits: Limits): MessageRefusal | undefined {
  const { head } = parser;
  return checkRequestLine(parser) ?? checkFields(head, limits, parser.minor === 1) ?? checkCoding(parser);
}

/**
 * Checks the request line (RFC 9112 section 3): one blank between method, target and version, and a version of HTTP/1.1
 * or HTTP/1.0. llhttp admits several blanks, HTTP/0.9, HTTP/2.0, RTSP and ICE. Empty lines before it are ignored
 * (section 2.2).
 */
function checkRequestLine(parser: MessageParser): MessageRefusal | undefined {
  const { bytes, base, targetStart, targetEnd } = parser.head;
  const { method } = parser;
  const methodStart = targetStart - 1 - method.length;
  if (methodStart < 0 || bytes[base + targetStart - 1] !== SPACE) return messageRefusals.requestLine;
  for (let i = 0; i < methodStart; i += 2) {
    if (bytes[base + i] !== CR || bytes[base + i + 1] !== LF) return messageRefusals.requestLine;
  }
  const version = base + targetEnd;
  if (!isHttpVersion(bytes, version + 1) || bytes[version] !== SPACE || bytes[version + 9] !== CR) {
    return bytes[version] === CR || parser.major !== 1 ? messageRefusals.version : messageRefusals.requestLine;
  }
  return method === "CONNECT" ? messageRefusals.connect : undefined;
}

/** Returns whether `HTTP/1.0` or `HTTP/1.1` is at an offset. The name is case-sensitive (RFC 9112 section 2.3). */
export function isHttpVersion(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 0x48 &&
    bytes[at + 1] === 0x54 &&
    bytes[at + 2] === 0x54 &&
    bytes[at + 3] === 0x50 &&
    bytes[at + 4] === 0x2f &&
    bytes[at + 5] === 0x31 &&
    bytes[at + 6] === 0x2e &&
    (bytes[at + 7] === 0x31 || bytes[at + 7] === 0x30)
  );
}

/** Checks the rules of every HTTP version. Only HTTP/1.0 does not require a Host. */
export function checkFields(head: Head, limits: Limits, needsHost: boolean): MessageRefusal | undefined {
  return checkSizes(head, limits) ?? checkHost(head, needsHost) ?? checkBody(head, limits) ?? checkExpect(head);
}

function checkSizes(head: Head, limits: Limits): MessageRefusal | undefined {
  if (head.targetEnd - head.targetStart > limits.targetBytes) return messageRefusals.targetTooLong;
  if (head.overflow) return messageRefusals.tooManyFields;
  return head.length > limits.headBytes ? messageRefusals.headTooLarge : undefined;
}

/**
 * Requires exactly one Host (RFC 9112 section 3.2). An HTTP/1.0 request without one, such as a health check of a load
 * balancer, is for the address that it reached (`RequestView`), as in HAProxy and nginx.
 */
function checkHost(head: Head, needsHost: boolean): MessageRefusal | undefined {
  if (!head.has(HOST)) return needsHost ? messageRefusals.hostMissing : undefined;
  return (head.repeated & bit(HOST)) !== 0 ? messageRefusals.hostRepeated : undefined;
}

/** Checks Transfer-Encoding (RFC 9112 sections 6.1 and 6.3). */
function checkCoding({ head, minor }: MessageParser): MessageRefusal | undefined {
  if (!head.has(TRANSFER_ENCODING)) return undefined;
  if (minor === 0) return messageRefusals.codingOnHttp10;
  if ((head.repeated & bit(TRANSFER_ENCODING)) !== 0) return messageRefusals.codingRepeated;
  return head.first(TRANSFER_ENCODING).toLowerCase() === "chunked" ? undefined : messageRefusals.coding;
}

/**
 * Checks Content-Length (RFC 9110 section 15.5.14). A client that expects 100-continue is answered before it sends a
 * body (section 10.1.1).
 */
function checkBody(head: Head, { bodyBytes }: Limits): MessageRefusal | undefined {
  if (!head.has(CONTENT_LENGTH)) return undefined;
  const length = Number(head.first(CONTENT_LENGTH));
  if (!Number.isSafeInteger(length)) return messageRefusals.lengthTooLarge;
  return bodyBytes !== 0 && length > bodyBytes ? messageRefusals.bodyTooLarge : undefined;
}

/** Returns whether a body of unknown length has become too large. */
export function isTooLarge(bytes: number, { bodyBytes }: Limits): boolean {
  return bodyBytes !== 0 && bytes > bodyBytes;
}

/** Refuses unknown expectations with 417 (RFC 9110 section 10.1.1). */
function checkExpect(head: Head): MessageRefusal | undefined {
  if (!head.has(EXPECT)) return undefined;
  return (head.joined(EXPECT) as string).toLowerCase() === "100-continue" ? undefined : messageRefusals.expectation;
}

/** Returns the response to an error of llhttp in a request's head. */
export function headRefusal(parser: MessageParser, error: number): MessageRefusal {
  if (error === PAUSED_H2_UPGRADE) return messageRefusals.version;
  // This error code also reports an invalid line end after a valid version.
  if (error === INVALID_VERSION && !parser.reason.includes("CRLF")) return messageRefusals.version;
  if (error === INVALID_METHOD && isUnknownMethod(parser.head)) return messageRefusals.method;
  return refuse(400, "MalformedRequest", `The request is malformed: ${parser.reason || "invalid syntax"}.`);
}

/**
 * Returns whether the method is an unknown token, which is 501 (RFC 9110 section 9.1), or no token at all, which is
 * 400. The head may be incomplete.
 */
function isUnknownMethod(head: Head): boolean {
  const line = head.bytes.toString("latin1", head.base, head.base + Math.min(64, head.length));
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}(?: \S| ?$)/.test(line);
}

/** Returns the response to an error of llhttp in a chunked body. */
export function bodyRefusal(parser: MessageParser): MessageRefusal {
  return refuse(400, "MalformedBody", `The chunked body is malformed: ${parser.reason || "invalid syntax"}.`);
}

/** Returns the response to a trailer section beyond a limit (RFC 6585 section 5 allows one field or all of them). */
export function trailerRefusal(excess: TrailerExcess): MessageRefusal {
  return excess === "bytes" ? messageRefusals.trailersTooLarge : messageRefusals.tooManyTrailers;
}

/** Checks the size of an incomplete head. */
export function checkPending(head: Head, bytes: number, limits: Limits): MessageRefusal | undefined {
  if (head.count === 0 && bytes > limits.targetBytes + 64) return messageRefusals.targetTooLong;
  if (head.overflow) return messageRefusals.tooManyFields;
  return bytes > limits.headBytes ? messageRefusals.headTooLarge : undefined;
}

/**
 * Limits chunk extensions (RFC 9112 section 7.1.1). llhttp reports none of them, so all bytes without data are counted.
 */
export function isTooMuchFraming(framing: number, data: number, limits: Limits): boolean {
  return framing > limits.framingBytes + data * 8;
}

/** Returns whether a connection persists after a request (RFC 9112 section 9.3). */
export function persists(parser: MessageParser): boolean {
  const { head, minor } = parser;
  if (!head.has(CONNECTION)) return minor === 1;
  return !head.hasToken(CONNECTION, "close") && (minor === 1 || head.hasToken(CONNECTION, "keep-alive"));
}

/** Returns the length of a request's body, or CHUNKED. A request with neither field has none (RFC 9112 section 6.3). */
export function requestLength(head: Head): number {
  if (head.has(CONTENT_LENGTH)) return Number(head.first(CONTENT_LENGTH));
  return head.has(TRANSFER_ENCODING) ? CHUNKED : 0;
}

/** Returns why a response is not forwarded, or undefined (RFC 9112 sections 4 and 6.3). */
export function checkResponse(parser: MessageParser, limits: Limits): string | undefined {
  const { head } = parser;
  if (!isHttpVersion(head.bytes, head.base)) return "its version is not HTTP/1.1 or HTTP/1.0";
  if (head.overflow) return "it has too many header fields";
  if (head.length > limits.headBytes) return "its header section is too large";
  if (parser.status < 100) return "its status is below 100";
  if (!hasPrintableReason(head)) return "its reason phrase holds a control character";
  if (head.has(TRANSFER_ENCODING)) {
    if (parser.minor === 0) return "Transfer-Encoding has no meaning in HTTP/1.0";
    if ((head.repeated & bit(TRANSFER_ENCODING)) !== 0) return "Transfer-Encoding occurs twice";
    if (head.first(TRANSFER_ENCODING).toLowerCase() !== "chunked") return "its transfer coding is not chunked";
  } else if (head.has(CONTENT_LENGTH) && !Number.isSafeInteger(Number(head.first(CONTENT_LENGTH)))) {
    return "Content-Length is too large";
  }
  return undefined;
}

/** Returns whether the reason phrase has only tabs, blanks and visible characters (RFC 9112 section 4). */
function hasPrintableReason({ bytes, base, length }: Head): boolean {
  const end = base + length;
  for (let at = base + statusLineStart; at < end; at++) {
    const code = bytes[at] as number;
    if (code === CR || code === LF) return true;
    if ((code < SPACE && code !== TAB) || code === DEL) return false;
  }
  return true;
}

/** Returns the length of a response's body, CHUNKED or UNTIL_CLOSE (RFC 9112 section 6.3). */
export function responseLength(head: Head, status: number, toHead: boolean): number {
  if (toHead || status === 204 || status === 304 || status < 200) return 0;
  if (head.has(TRANSFER_ENCODING)) return CHUNKED;
  return head.has(CONTENT_LENGTH) ? Number(head.first(CONTENT_LENGTH)) : UNTIL_CLOSE;
}

/**
 * Returns whether a response without a body claims to have one (RFC 9110 section 8.6, RFC 9112 section 6.1). Its sender
 * may send that body, and the next response would be misread after it, so the connection is not kept. A 304 may state
 * the length of the body that it does not send.
 */
export function mayHaveHiddenBody(head: Head, status: number): boolean {
  if (status !== 204 && status !== 304) return false;
  if (head.has(TRANSFER_ENCODING)) return true;
  return status === 204 && head.has(CONTENT_LENGTH) && Number(head.first(CONTENT_LENGTH)) !== 0;
}
