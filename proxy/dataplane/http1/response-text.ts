import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Head } from "../message/head.ts";
import { bit, CONTENT_LENGTH, DATE, hopByHop, UPGRADE } from "../message/header-names.ts";
import { answerBody, answerFields, type LocalResponse, statusLine } from "../message/local-response.ts";
import { type LengthField, lengthField } from "./length-field.ts";
import { fieldLines, modified } from "./request-text.ts";

const noLength: LengthField = { drop: bit(CONTENT_LENGTH), value: "", line: "" };

/** The parts of a response's head that the client's connection determines. */
export interface ResponseFrame {
  /** The body is sent chunked. */
  readonly chunked: boolean;
  /** There is no body, and no other field says so. */
  readonly empty?: boolean;
  /** `close`, `keep-alive` for HTTP/1.0 clients that asked for it, `upgrade` with a 101, or empty. */
  readonly connection: "" | "close" | "keep-alive" | "upgrade";
  readonly modifiers: readonly HeaderModifierIR[];
}

/**
 * Serializes the head of a backend's response for the client, as latin1 text. Fields are unchanged, except hop-by-hop
 * fields; the framing is the proxy's own.
 */
export function responseText(head: Head, status: number, frame: ResponseFrame): string {
  // 204 and 1xx have no Content-Length (RFC 9110 section 8.6).
  const length = status === 204 || status < 200 ? noLength : lengthField(head);
  const drop = hopByHop | length.drop;
  const list = frame.modifiers.length === 0 ? undefined : modified(head.list(drop), frame.modifiers);
  let fields = list === undefined ? head.lines(drop) : fieldLines(list);
  // A recipient with a clock adds a missing Date (RFC 9110 section 6.6.1).
  if (!head.has(DATE) && status >= 200 && (list === undefined || !hasDate(list))) fields += `date: ${dateValue()}\r\n`;
  fields += length.line;
  if (frame.empty === true) fields += "content-length: 0\r\n";
  if (frame.chunked) fields += "transfer-encoding: chunked\r\n";
  if (frame.connection !== "") fields += `connection: ${frame.connection}\r\n`;
  if (frame.connection === "upgrade") fields += `upgrade: ${head.first(UPGRADE)}\r\n`;
  return `${responseLine(head, status)}${fields}\r\n`;
}

const CR = 0x0d;
const ONE = 0x31;

function hasDate(list: readonly string[]): boolean {
  for (let i = 0; i < list.length; i += 2) if (list[i]?.length === 4 && list[i] === "date") return true;
  return false;
}

/** Returns the status line with the version of this hop (RFC 9110 section 6.2) and the blank that some servers omit. */
function responseLine(head: Head, status: number): string {
  if (statusOf(head) !== status) return statusLine(status);
  if (head.bytes[head.base + 12] === CR) return `HTTP/1.1 ${status} \r\n`;
  const line = head.startLine;
  return head.bytes[head.base + 7] === ONE ? line : `HTTP/1.1${line.slice(8)}`;
}

/** Returns the status in the status line; a filter may have changed that of the response. */
function statusOf({ bytes, base }: Head): number {
  return (bytes[base + 9] as number) * 100 + (bytes[base + 10] as number) * 10 + (bytes[base + 11] as number) - 5_328;
}

/** Serializes a complete local response. */
export function answerText(answer: LocalResponse, frame: ResponseFrame, toHead: boolean): string {
  const body = answerBody(answer);
  const list = modified(answerFields(answer), frame.modifiers);
  let fields = fieldLines(list);
  if (!hasDate(list)) fields += `date: ${dateValue()}\r\n`;
  // 204 has no Content-Length, and in 304 it would be that of a 200 (RFC 9110 section 8.6).
  if (answer.status !== 204 && answer.status !== 304) fields += `content-length: ${body.length}\r\n`;
  if (frame.connection !== "") fields += `connection: ${frame.connection}\r\n`;
  return `${statusLine(answer.status)}${fields}\r\n${toHead ? "" : body}`;
}

let dateSecond = 0;
let date = "";

/** Returns the current IMF-fixdate (RFC 9110 section 5.6.7), formatted once a second. */
export function dateValue(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  return date;
}
