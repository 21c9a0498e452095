import { connectionFields } from "../../../lib/routing/rewrite/headers.ts";

/**
 * The header fields that a proxy must know by name, as small numbers, so that a set of them is an integer and no
 * strings are needed.
 */
export const OTHER = 0;
export const HOST = 1;
export const CONNECTION = 2;
export const KEEP_ALIVE = 3;
export const PROXY_CONNECTION = 4;
export const TE = 5;
export const TRAILER = 6;
export const TRANSFER_ENCODING = 7;
export const UPGRADE = 8;
export const CONTENT_LENGTH = 9;
export const EXPECT = 10;
export const X_FORWARDED_FOR = 11;
export const X_FORWARDED_PROTO = 12;
export const X_FORWARDED_HOST = 13;
export const X_FORWARDED_PORT = 14;
export const DATE = 15;
export const FORWARDED = 16;
export const VIA = 17;
export const X_REQUEST_ID = 18;
export const TRACEPARENT = 19;
export const TRACESTATE = 20;
export const MAX_FORWARDS = 21;
/** A field whose name is one of those below with underscores in place of hyphens. It is never forwarded. */
export const UNDERSCORED = 22;

export type FieldId = number;

const names: readonly (readonly [FieldId, string])[] = [
  [HOST, "host"],
  [CONNECTION, "connection"],
  [KEEP_ALIVE, "keep-alive"],
  [PROXY_CONNECTION, "proxy-connection"],
  [TE, "te"],
  [TRAILER, "trailer"],
  [TRANSFER_ENCODING, "transfer-encoding"],
  [UPGRADE, "upgrade"],
  [CONTENT_LENGTH, "content-length"],
  [EXPECT, "expect"],
  [X_FORWARDED_FOR, "x-forwarded-for"],
  [X_FORWARDED_PROTO, "x-forwarded-proto"],
  [X_FORWARDED_HOST, "x-forwarded-host"],
  [X_FORWARDED_PORT, "x-forwarded-port"],
  [DATE, "date"],
  [FORWARDED, "forwarded"],
  [VIA, "via"],
  [X_REQUEST_ID, "x-request-id"],
  [TRACEPARENT, "traceparent"],
  [TRACESTATE, "tracestate"],
  [MAX_FORWARDS, "max-forwards"],
];

/** The number of ids. */
export const fieldIds: number = UNDERSCORED + 1;

export const bit = (id: FieldId): number => 1 << id;

/**
 * Hop-by-hop fields, which are never forwarded (RFC 9110 section 7.6.1). Transfer-Encoding and TE are among them: the
 * proxy frames each side itself and sends its own TE.
 */
export const hopByHop: number = names.reduce(
  (set, [id, name]) => (connectionFields.has(name) ? set | bit(id) : set),
  0,
);

/** Maps upper-case ASCII letters to lower case, and all other bytes to themselves. */
export const lowerCase: Uint8Array = Uint8Array.from({ length: 256 }, (_, c) => (c >= 65 && c <= 90 ? c + 32 : c));

interface KnownName {
  readonly id: FieldId;
  readonly first: number;
  readonly name: string;
  /** The name with underscores, which some servers treat as the same; empty if there is no difference. */
  readonly alias: string;
}

const byLength: (readonly KnownName[] | undefined)[] = [];
for (const [id, name] of names) {
  const alias = id !== MAX_FORWARDS && name.includes("-") ? name.replaceAll("-", "_") : "";
  byLength[name.length] = [...(byLength[name.length] ?? []), { id, first: name.charCodeAt(0), name, alias }];
}

/** Returns the id of the field name in bytes[start, end). */
export function fieldIdOf(bytes: Buffer, start: number, end: number): FieldId {
  const known = byLength[end - start];
  if (known === undefined) return OTHER;
  const first = lowerCase[bytes[start] as number];
  for (let i = 0; i < known.length; i++) {
    const candidate = known[i] as KnownName;
    if (candidate.first !== first) continue;
    if (equalsIgnoringCase(bytes, start, candidate.name)) return candidate.id;
    if (candidate.alias !== "" && isAlias(bytes, start, candidate.alias)) return UNDERSCORED;
  }
  return OTHER;
}

/** Returns whether the bytes from `start` on are a name with underscores in place of some or all hyphens. */
function isAlias(bytes: Buffer, start: number, alias: string): boolean {
  for (let i = 0; i < alias.length; i++) {
    const c = lowerCase[bytes[start + i] as number];
    if (c !== alias.charCodeAt(i) && !(c === HYPHEN && alias.charCodeAt(i) === UNDERSCORE)) return false;
  }
  return true;
}

const HYPHEN = 0x2d;
export const UNDERSCORE = 0x5f;

/** Returns the id of a lower-case field name. */
export function fieldIdOfName(name: string): FieldId {
  return names.find(([, known]) => known === name)?.[0] ?? OTHER;
}

/** Returns whether the bytes from `start` on are `lower`, a lower-case ASCII string, in any case. */
export function equalsIgnoringCase(bytes: Buffer, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if (lowerCase[bytes[start + i] as number] !== lower.charCodeAt(i)) return false;
  }
  return true;
}
