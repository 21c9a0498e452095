import type { Head } from "./head.ts";
import {
  bit,
  FORWARDED,
  HOST,
  TRACEPARENT,
  TRACESTATE,
  VIA,
  X_FORWARDED_FOR,
  X_FORWARDED_HOST,
  X_FORWARDED_PORT,
  X_FORWARDED_PROTO,
  X_REQUEST_ID,
} from "./header-names.ts";

/** Which fields tell a backend who the client is. */
export type ForwardedForm = "x-forwarded" | "forwarded" | "both";

/** What every request of a proxy is told to its backend with. */
export interface Forwarding {
  /** Proxies in front that are believed. */
  readonly trustedHops: number;
  readonly form: ForwardedForm;
  /** Each request has an `x-request-id`. */
  readonly requestId: boolean;
  /** The name in Via, if the proxy adds itself to it. */
  readonly via: string | undefined;
  /** Fields (`bit`) that are written here, or nowhere: those that a request came with are not copied. */
  readonly owned: number;
  /** If a request has none of these fields, what is written is the same for all requests of its connection. */
  readonly varying: number;
}

/** What is told about one request. */
export interface RequestMarks {
  /** The host that the request is for, where its Host field does not say it; undefined if the field does. */
  readonly authority: string | undefined;
  readonly forwarding: Forwarding;
  /** Its `x-request-id`, or empty. */
  readonly id: string;
  /** The version of HTTP that the request came in, as Via names it (RFC 9110 section 7.6.3). */
  readonly version: string;
  /** Lines of `traceparent` and `tracestate`, names and values in turn; undefined if the proxy does not trace. */
  readonly trace: readonly string[] | undefined;
}

export interface ForwardingOptions {
  readonly trustedHops?: number;
  readonly forwarded?: ForwardedForm;
  readonly requestId?: boolean;
  readonly via?: string;
  readonly tracing?: object;
}

const xForwarded = bit(X_FORWARDED_FOR) | bit(X_FORWARDED_PROTO) | bit(X_FORWARDED_HOST) | bit(X_FORWARDED_PORT);

/** All bits: whatever a request has, what is written is put together for it. */
const always = -1;

export function planForwarding(options: ForwardingOptions): Forwarding {
  const { trustedHops = 0, forwarded: form = "x-forwarded", requestId = true, via, tracing } = options;
  let owned = xForwarded | bit(FORWARDED);
  if (requestId) owned |= bit(X_REQUEST_ID);
  if (via !== undefined) owned |= bit(VIA);
  if (tracing !== undefined) owned |= bit(TRACEPARENT) | bit(TRACESTATE);
  const varies = form !== "x-forwarded" || via !== undefined || tracing !== undefined;
  return { trustedHops, form, requestId, via, owned, varying: varies ? always : xForwarded | bit(FORWARDED) };
}

/** What is the same for all requests of one connection. */
export interface Peer {
  /** Address of whoever connected, without zone, an IPv4-mapped one as IPv4. */
  readonly address: string;
  /** As the listener sees it. */
  readonly scheme: "http" | "https";
  /** The listener's port. */
  readonly port: number;
  /** Of TLS: what the client asked for, empty if it did not. Absent without TLS. */
  readonly serverName: string | undefined;
  /** Of TLS: `TLSv1.2` or `TLSv1.3`. Absent without TLS. */
  readonly tlsVersion: string | undefined;
  /** Lines for a request that brought no field of these; `x-forwarded-host` is left to the request. */
  readonly lines: string;
}

export function peerOf(
  remoteAddress: string | undefined,
  port: number,
  serverName?: string,
  tlsVersion?: string | undefined,
): Peer {
  const scheme = serverName === undefined ? "http" : "https";
  const address = (remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  const lines = `x-forwarded-for: ${address}\r\nx-forwarded-proto: ${scheme}\r\nx-forwarded-port: ${port}\r\n`;
  return { address, scheme, port, serverName, tlsVersion, lines };
}

/** The lines that a request is forwarded with, in place of those it came with. */
export function forwardedLines(head: Head, peer: Peer, marks: RequestMarks): string {
  if ((head.seen & marks.forwarding.varying) === 0 && marks.forwarding.varying !== always) {
    const lines = `${peer.lines}x-forwarded-host: ${marks.authority ?? head.first(HOST)}\r\n`;
    return marks.id === "" ? lines : `${lines}x-request-id: ${marks.id}\r\n`;
  }
  const list = forwardedList(head, peer, marks);
  let lines = "";
  for (let i = 0; i < list.length; i += 2) lines += `${list[i]}: ${list[i + 1]}\r\n`;
  return lines;
}

/**
 * The same as names and values in turn.
 *
 * Of X-Forwarded-* and Forwarded, those that the proxy is set to write are written. The others are not passed on, since
 * nobody would know who wrote them; those of a trusted proxy are kept up as well.
 */
export function forwardedList(head: Head, peer: Peer, marks: RequestMarks): string[] {
  const { forwarding, id, version, trace, authority = head.first(HOST) } = marks;
  const { form, via } = forwarding;
  const trusts = forwarding.trustedHops > 0;
  const list: string[] = [];
  if (form !== "forwarded" || (trusts && (head.seen & xForwarded) !== 0))
    list.push(...xForwardedList(head, peer, trusts, authority));
  if (form !== "x-forwarded" || (trusts && head.has(FORWARDED)))
    list.push("forwarded", forwardedValue(head, peer, trusts, authority));
  if (via !== undefined) list.push("via", appended(head.joined(VIA), `${version} ${via}`));
  if (id !== "") list.push("x-request-id", id);
  if (trace !== undefined) list.push(...trace);
  return list;
}

/**
 * As Envoy writes them at an edge. X-Forwarded-For is appended to: the address of whoever connected comes last, so the
 * last `trustedHops + 1` entries are true and what a client made up stays to the left of them. -Proto, -Host and -Port
 * hold one value each: with no trusted hop in front they are written over, and with trusted hops those of the first
 * are kept.
 */
function xForwardedList(head: Head, peer: Peer, trusts: boolean, authority: string): string[] {
  const kept = (id: number, own: string) => (trusts ? head.joined(id) : undefined) ?? own;
  return [
    ...["x-forwarded-for", appended(head.joined(X_FORWARDED_FOR), peer.address)],
    ...["x-forwarded-proto", kept(X_FORWARDED_PROTO, peer.scheme)],
    ...["x-forwarded-port", kept(X_FORWARDED_PORT, String(peer.port))],
    ...["x-forwarded-host", kept(X_FORWARDED_HOST, authority)],
  ];
}

/** RFC 7239 section 4. What a client that is not trusted says there is left out: of the elements, all are true. */
function forwardedValue(head: Head, { address, scheme }: Peer, trusts: boolean, authority: string): string {
  const own = `for=${nodeOf(address)};host=${tokenOrQuoted(authority)};proto=${scheme}`;
  return appended(trusts ? head.joined(FORWARDED) : undefined, own);
}

/** RFC 7239 section 6. */
function nodeOf(address: string): string {
  return address.includes(":") ? `"[${address}]"` : address;
}

function tokenOrQuoted(value: string): string {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function appended(before: string | undefined, last: string): string {
  return before === undefined || before === "" ? last : `${before}, ${last}`;
}
