import type { OutgoingHttpHeaders } from "node:http2";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { lengthField } from "../http1/length-field.ts";
import { modified } from "../http1/request-text.ts";
import { dateValue } from "../http1/response-text.ts";
import { withoutBlanks } from "../http1/trailers.ts";
import { bit, CONTENT_LENGTH, DATE, hopByHop } from "../message/header-names.ts";
import { answerBody, type LocalResponse, answerFields as listOf } from "../message/local-response.ts";
import type { ResponseMessage } from "../message/message.ts";
import { connectionFields } from "./request-head.ts";

/**
 * Returns the head of a backend's response for an HTTP/2 client. The rules for fields are those of `responseText`;
 * names are in lower case (RFC 9113 section 8.2.1).
 */
export function responseFields(
  { head, status }: ResponseMessage,
  modifiers: readonly HeaderModifierIR[],
): OutgoingHttpHeaders {
  // 204 and 1xx have no Content-Length (RFC 9110 section 8.6).
  const bodiless = status === 204 || status < 200;
  const length = bodiless ? undefined : lengthField(head);
  const drop = hopByHop | (length === undefined ? bit(CONTENT_LENGTH) : length.drop);
  const fields = fieldsOf(shownStatus(status), modified(head.list(drop), modifiers));
  if (length !== undefined && length.value !== "") fields["content-length"] = length.value;
  // A recipient with a clock adds a missing Date (RFC 9110 section 6.6.1).
  if (!head.has(DATE) && status >= 200) fields.date ??= dateValue();
  return fields;
}

/** Returns the head of a local response. */
export function answerFields(answer: LocalResponse, modifiers: readonly HeaderModifierIR[]): OutgoingHttpHeaders {
  const fields = fieldsOf(answer.status, modified(listOf(answer), modifiers));
  fields.date ??= dateValue();
  // 204 has no Content-Length, and in 304 it would be that of a 200 (RFC 9110 section 8.6).
  if (answer.status !== 204 && answer.status !== 304) fields["content-length"] = String(answerBody(answer).length);
  return fields;
}

/** Parses trailer fields from lines. */
export function trailerFields(lines: string): OutgoingHttpHeaders {
  const list: string[] = [];
  for (const line of lines.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) list.push(line.slice(0, colon), withoutBlanks(line.slice(colon + 1)));
  }
  return fieldsOf(undefined, list);
}

/** Maps invalid statuses above 599, which Node.js does not send: they mean the same as a 5xx (RFC 9110 section 15). */
function shownStatus(status: number): number {
  return status > 599 ? 502 : status;
}

/** Returns fields by name. A repeated field has a list of its values. */
function fieldsOf(status: number | undefined, list: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null);
  if (status !== undefined) fields[":status"] = status;
  for (let i = 0; i < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    const value = list[i + 1] as string;
    const before = fields[name];
    if (connectionFields.has(name) || name === "te") continue;
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [String(before), value];
  }
  return fields;
}
