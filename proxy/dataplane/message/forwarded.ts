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

/** The fields that tell a backend who the client is. */
export type ForwardedForm = "x-forwarded" | "forwarded" | "both";

/** The settings for the fields that describe a request to its backend. */
export interface Forwarding {
  /** Number of trusted proxies in front. */
  readonly trustedHops: number;
  readonly form: ForwardedForm;
  /** Each request gets an `x-request-id`. */
  readonly requestId: boolean;
  /** The proxy's name in Via; undefined if the proxy does not add itself. */
  readonly via: string | undefined;
  /** Fields (`bit`) that only the proxy writes: those of the client's request are not copied. */
  readonly owned: number;
  /** If a request has none of these fields, the written lines are the same for all requests of its connection. */
  readonly varying: number;
}

/** The description of one request for its backend. */
export interface RequestMarks {
  /** The host of the request if its Host field does not say it; undefined if the field does. */
  readonly authority: string | undefined;
  readonly forwarding: Forwarding;
  /** The `x-request-id` of the request, or empty. */
  readonly id: string;
  /** HTTP version of the request, as Via names it (RFC 9110 section 7.6.3). */
  readonly version: string;
  /** `traceparent` and `tracestate` as alternating names and values; undefined if the proxy does not trace. */
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

/** All bits: the lines are made for each request, whatever fields it has. */
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

/** The data that all requests of one connection share. */
export interface Peer {
  /** Address of the connection's other end, without a zone; an IPv4-mapped one as IPv4. */
  readonly address: string;
  /** The scheme of the listener. */
  readonly scheme: "http" | "https";
  /** The listener's port. */
  readonly port: number;
  /** The server name of the TLS client, empty if it sent none. Absent without TLS. */
  readonly serverName: string | undefined;
  /** TLS version, `TLSv1.2` or `TLSv1.3`. Absent without TLS. */
  readonly tlsVersion: string | undefined;
  /** Lines for a request without any of these fields; `x-forwarded-host` depends on the request. */
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

/** Returns the lines that describe a request, in place of its own. */
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
 * Returns the fields as alternating names and values.
 *
 * The proxy writes the configured form of X-Forwarded-* and Forwarded. It drops the other form, whose origin would be
 * unknown, and extends the fields of a trusted proxy.
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
 * Writes the fields as Envoy does at an edge. The address of the connection's other end is appended to X-Forwarded-For,
 * so the last `trustedHops + 1` entries are true, and invented ones are to the left of them. -Proto, -Host and -Port
 * have one value each: without a trusted hop they are overwritten, and with trusted hops those of the first are kept.
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

/**
 * Returns the value of Forwarded (RFC 7239 section 4). Elements of an untrusted client are dropped, so that all
 * elements are true.
 */
function forwardedValue(head: Head, { address, scheme }: Peer, trusts: boolean, authority: string): string {
  const own = `for=${nodeOf(address)};host=${tokenOrQuoted(authority)};proto=${scheme}`;
  return appended(trusts ? head.joined(FORWARDED) : undefined, own);
}

/** Formats an address as a node of Forwarded (RFC 7239 section 6). */
function nodeOf(address: string): string {
  return address.includes(":") ? `"[${address}]"` : address;
}

function tokenOrQuoted(value: string): string {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function appended(before: string | undefined, last: string): string {
  return before === undefined || before === "" ? last : `${before}, ${last}`;
}
