import type { Head } from "./http1/head.ts";
import {
  bit,
  HOST,
  X_FORWARDED_FOR,
  X_FORWARDED_HOST,
  X_FORWARDED_PORT,
  X_FORWARDED_PROTO,
} from "./http1/header-names.ts";

/**
 * The X-Forwarded fields, as Envoy writes them at an edge.
 *
 * X-Forwarded-For is appended to: the address of whoever connected comes last, so the last `trustedHops + 1` entries
 * are true and what a client made up stays to the left of them. -Proto, -Host and -Port hold one value each: with no
 * trusted hop in front they are written over, and with trusted hops those of the first are kept.
 * RFC 7239's Forwarded and RFC 9110's Via are passed as they came.
 */
export const forwardedFields: number =
  bit(X_FORWARDED_FOR) | bit(X_FORWARDED_PROTO) | bit(X_FORWARDED_HOST) | bit(X_FORWARDED_PORT);

/** Which fields tell a backend who the client is. */
export type ForwardedForm = "x-forwarded" | "forwarded" | "both";

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
  /** Lines for a request that brought no field of these; `x-forwarded-host` is left to the request. */
  readonly lines: string;
}

export function peerOf(remoteAddress: string | undefined, port: number, serverName?: string): Peer {
  const scheme = serverName === undefined ? "http" : "https";
  const address = (remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  const lines = `x-forwarded-for: ${address}\r\nx-forwarded-proto: ${scheme}\r\nx-forwarded-port: ${port}\r\n`;
  return { address, scheme, port, serverName, lines };
}

/** The lines that a request is forwarded with, in place of those it came with. */
export function forwardedLines(head: Head, peer: Peer, trustedHops: number): string {
  if ((head.seen & forwardedFields) === 0) return `${peer.lines}x-forwarded-host: ${head.first(HOST)}\r\n`;
  const list = forwardedList(head, peer, trustedHops);
  let lines = "";
  for (let i = 0; i < list.length; i += 2) lines += `${list[i]}: ${list[i + 1]}\r\n`;
  return lines;
}

/** The same as names and values in turn. */
export function forwardedList(head: Head, peer: Peer, trustedHops: number): string[] {
  const before = head.joined(X_FORWARDED_FOR);
  const kept = (id: number, own: string) => (trustedHops > 0 ? head.joined(id) : undefined) ?? own;
  return [
    ...["x-forwarded-for", before === undefined || before === "" ? peer.address : `${before}, ${peer.address}`],
    ...["x-forwarded-proto", kept(X_FORWARDED_PROTO, peer.scheme)],
    ...["x-forwarded-port", kept(X_FORWARDED_PORT, String(peer.port))],
    ...["x-forwarded-host", kept(X_FORWARDED_HOST, head.first(HOST))],
  ];
}
