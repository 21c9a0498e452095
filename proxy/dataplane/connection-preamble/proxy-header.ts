import { isIPv4, isIPv6 } from "node:net";

/** The contents of a PROXY header. */
export interface ProxyHeader {
  /** Length in bytes. The bytes after it are the client's. */
  readonly length: number;
  /** The client's address. Absent if the sender speaks for itself, or for a connection without an IP address. */
  readonly address?: string;
}

/** `incomplete`: the bytes are the beginning of a header. */
export type ProxyHeaderReading = ProxyHeader | "incomplete" | "invalid";

const signature1 = Buffer.from("PROXY ", "latin1");
const signature2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/**
 * Reads the header of HAProxy's PROXY protocol, version 1 or 2, at the beginning of a connection.
 *
 * The reader is strict: bytes that cannot become a header are invalid at once.
 *
 * @param limit maximum number of bytes; a longer header is invalid.
 */
export function readProxyHeader(bytes: Buffer, limit: number): ProxyHeaderReading {
  if (startsLike(bytes, signature2)) return bytes.length < signature2.length + 4 ? "incomplete" : binary(bytes, limit);
  return startsLike(bytes, signature1) ? text(bytes, limit) : "invalid";
}

/** Returns whether one of the byte strings is a prefix of the other. */
function startsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}

/** Maximum length of a line, with its end (PROXY protocol section 2.1). */
const longestLine = 107;

/** Reads version 1: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` in one line. */
function text(bytes: Buffer, limit: number): ProxyHeaderReading {
  const most = Math.min(longestLine, limit);
  const end = bytes.subarray(0, most).indexOf("\r\n");
  if (end === -1) return bytes.length < most ? "incomplete" : "invalid";
  const line = bytes.toString("latin1", 0, end);
  const length = end + 2;
  // The rest of the line after UNKNOWN must be ignored.
  if (line === "PROXY UNKNOWN" || line.startsWith("PROXY UNKNOWN ")) return { length };
  const [, family, source = "", destination = "", ...ports] = line.split(" ");
  const isAddress = family === "TCP4" ? isIPv4 : family === "TCP6" ? isPlainIPv6 : undefined;
  if (isAddress === undefined || !isAddress(source) || !isAddress(destination)) return "invalid";
  return ports.length === 2 && ports.every(isPort) ? { length, address: source } : "invalid";
}

/** Returns whether an address is IPv6 without a zone, which has no meaning on another machine. */
function isPlainIPv6(address: string): boolean {
  return isIPv6(address) && !address.includes("%");
}

function isPort(digits: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(digits) && Number(digits) <= 65_535;
}

const headerLength = 16;

/** Reads version 2. The fields after the addresses (TLVs) are skipped. */
function binary(bytes: Buffer, limit: number): ProxyHeaderReading {
  const versionAndCommand = bytes[12];
  const isLocal = versionAndCommand === 0x20;
  if (!isLocal && versionAndCommand !== 0x21) return "invalid";
  const length = headerLength + bytes.readUInt16BE(14);
  // The addresses of a LOCAL connection, such as the sender's own health check, are ignored.
  const family = isLocal ? families[0x00] : families[bytes[13] ?? 0xff];
  if (family === undefined || length > limit || length < headerLength + family.addresses) return "invalid";
  if (bytes.length < length) return "incomplete";
  const address = family.read?.(bytes);
  return address === undefined ? { length } : { length, address };
}

interface Family {
  /** Length of both addresses with their ports, in bytes. */
  readonly addresses: number;
  /** Reads the source address; absent for families without IP addresses. */
  readonly read?: (bytes: Buffer) => string;
}

/** Families by the byte of family and transport. Datagrams do not use connections. */
const families: Readonly<Record<number, Family>> = {
  0: { addresses: 0 },
  17: { addresses: 12, read: (bytes) => [...bytes.subarray(16, 20)].join(".") },
  33: { addresses: 36, read: readIPv6 },
  49: { addresses: 216 },
};

function readIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(headerLength + i * 2));
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return `::ffff:${[...bytes.subarray(headerLength + 12, headerLength + 16)].join(".")}`;
  return compressed(groups);
}

/**
 * Formats an IPv6 address (RFC 5952 section 4): lower case, without leading zeros, with the first of the longest runs
 * of zeros left out.
 */
function compressed(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.length < 2) return words.join(":");
  return `${words.slice(0, best.start).join(":")}::${words.slice(best.start + best.length).join(":")}`;
}
