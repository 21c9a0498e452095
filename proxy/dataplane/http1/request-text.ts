import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { modifyHeaders } from "../../../lib/routing/rewrite/headers.ts";
import { nextMaxForwards } from "../../../lib/routing/rewrite/hop-limit.ts";
import { forwardedLines, forwardedList } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import {
  bit,
  EXPECT,
  HOST,
  hopByHop,
  MAX_FORWARDS,
  TE,
  TRANSFER_ENCODING,
  UNDERSCORED,
} from "../message/header-names.ts";
import type { RequestChange } from "../message/request-change.ts";
import { lengthField } from "./length-field.ts";

/**
 * Serializes the head of the request for the backend, as latin1 text.
 *
 * Fields keep their order and spelling, with these exceptions: hop-by-hop fields are dropped, fields that describe the
 * client and the request (`forwardedList`) are written by the proxy, and so are Transfer-Encoding, TE, and a
 * Content-Length with an unusual spelling. The version is the proxy's own (RFC 9110 section 6.2).
 */
export function requestText(head: Head, change: RequestChange): string {
  const { host, modifiers, peer, marks } = change;
  const length = lengthField(head);
  let fields: string;
  if (modifiers.length === 0) {
    const own = host === undefined ? "" : `host: ${host}\r\n`;
    fields = own + head.lines(dropped(change, head) | length.drop) + length.line + forwardedLines(head, peer, marks);
    const hops = nextMaxForwards(change.method, head);
    if (hops !== undefined) fields += `max-forwards: ${hops}\r\n`;
  } else fields = fieldLines(requestList(head, change));
  if (head.has(TRANSFER_ENCODING)) fields += "transfer-encoding: chunked\r\n";
  // Trailers are forwarded, and so is the client's readiness for them (RFC 9110 section 10.1.4).
  if (head.has(TE) && head.hasToken(TE, "trailers")) fields += "te: trailers\r\n";
  if (change.upgrade !== "") fields += `connection: upgrade\r\nupgrade: ${change.upgrade}\r\n`;
  return `${change.method} ${change.target} HTTP/1.1\r\n${fields}\r\n`;
}

/** Returns the same fields as alternating names and values, without those of the connection to the backend. */
export function requestList(head: Head, change: RequestChange): readonly string[] {
  const { host, modifiers, peer, marks } = change;
  const length = lengthField(head);
  const list = head.list(dropped(change, head) | length.drop);
  if (length.value !== "") list.push("content-length", length.value);
  if (host !== undefined) list.unshift("host", host);
  const hops = nextMaxForwards(change.method, head);
  if (hops !== undefined) list.push("max-forwards", hops);
  list.push(...forwardedList(head, peer, marks));
  return modified(list, modifiers);
}

function dropped({ method, host, marks, keepExpect }: RequestChange, head: Head): number {
  const hops = nextMaxForwards(method, head) === undefined ? 0 : bit(MAX_FORWARDS);
  return (
    hops |
    bit(UNDERSCORED) |
    hopByHop |
    marks.forwarding.owned |
    (host === undefined ? 0 : bit(HOST)) |
    (keepExpect ? 0 : bit(EXPECT))
  );
}

/** Applies modifiers to alternating names and values. */
export function modified(list: readonly string[], modifiers: readonly HeaderModifierIR[]): readonly string[] {
  return modifiers.reduce<readonly string[]>((headers, modifier) => modifyHeaders(headers, modifier), list);
}

export function fieldLines(list: readonly string[]): string {
  let lines = "";
  for (let i = 0; i < list.length; i += 2) lines += `${list[i]}: ${list[i + 1]}\r\n`;
  return lines;
}
