import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Limits } from "../limits/limits.ts";

/**
 * Trailer fields that are not forwarded. A sender must not put fields into trailers that are needed to frame, route,
 * authenticate or handle a message (RFC 9110 section 6.5.1): they would deceive a recipient that merges them into the
 * head.
 */
const forbidden: ReadonlySet<string> = new Set([
  // These fields frame the message or belong to the connection.
  ...[
    "transfer-encoding",
    "content-length",
    "trailer",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "upgrade",
  ],
  // These fields route or trace a request, and the proxy writes them itself.
  ...["x-request-id", "x-real-ip", "traceparent", "tracestate"],
  ...["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "forwarded", "via"],
  // These fields modify the request or make it conditional.
  ...["cache-control", "expect", "max-forwards", "pragma", "range"],
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"],
  // These fields authenticate or carry state.
  ...["authorization", "proxy-authenticate", "proxy-authorization", "www-authenticate", "cookie", "set-cookie"],
  // These fields control the response.
  ...["age", "date", "expires", "location", "retry-after", "vary", "warning"],
  // These fields say how to process the content.
  ...["content-encoding", "content-type", "content-range"],
]);

/**
 * Returns whether a trailer is forbidden. An underscore counts as a hyphen, as on servers that convert names to
 * variables.
 *
 * @param name in lower case.
 */
export function isForbiddenTrailer(name: string): boolean {
  const canonical = name.includes("_") ? name.replaceAll("_", "-") : name;
  return forbidden.has(canonical) || canonical.startsWith("x-forwarded-");
}

/** Removes trailer lines of fields that filters set or remove in the head: a filter has the last word on them. */
export function withoutModified(lines: string, modifiers: readonly HeaderModifierIR[]): string {
  if (lines === "" || modifiers.length === 0) return lines;
  const names = new Set<string>();
  for (const { set, remove } of modifiers) {
    for (const { name } of set) names.add(name.toLowerCase());
    for (const name of remove) names.add(name.toLowerCase());
  }
  return keepLines(lines, (name) => !names.has(name));
}

/** Removes trailer lines of fields whose names have an underscore. */
export function withoutUnderscored(lines: string): string {
  return keepLines(lines, (name) => !name.includes("_"));
}

/** @param isKept called with each name, in lower case. */
function keepLines(lines: string, isKept: (name: string) => boolean): string {
  let kept = "";
  for (const line of lines.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0 && isKept(line.slice(0, colon).toLowerCase())) kept += `${line}\r\n`;
  }
  return kept;
}

/** A trailer section has the limits of a header section. */
export type TrailerLimits = Pick<Limits, "headBytes" | "headFields">;

/** The limit that a trailer section exceeds. */
export type TrailerExcess = "bytes" | "fields";

/**
 * Collects the trailer fields of one message as the lines that may be forwarded. Every field counts for the limits,
 * forwarded or not. Beyond a limit, the collector keeps nothing more, so that a sender cannot make it store refused
 * data.
 */
export class TrailerSection {
  /** The lines of the fields that may be forwarded. */
  lines = "";
  /** Set once the section exceeds a limit. The message must not be completed then. */
  excess: TrailerExcess | undefined;
  readonly #limits: TrailerLimits;
  #bytes = 0;
  #fields = 0;

  constructor(limits: TrailerLimits) {
    this.#limits = limits;
  }

  clear(): void {
    this.lines = "";
    this.excess = undefined;
    this.#bytes = 0;
    this.#fields = 0;
  }

  /** Counts bytes of a name or a value as they arrive, so that an endless field is limited too. */
  count(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.headBytes) this.excess ??= "bytes";
    return this.excess === undefined;
  }

  /** Adds a field whose bytes are counted already. */
  add(name: string, value: string): void {
    if (++this.#fields > this.#limits.headFields) this.excess ??= "fields";
    if (this.excess === undefined && !isForbiddenTrailer(name.toLowerCase())) this.lines += `${name}: ${value}\r\n`;
  }
}

/**
 * Removes blanks and tabs around a value, which are not part of it (RFC 9110 section 5.5). `trim` would also remove
 * U+00A0, which is a byte of the value.
 */
export function withoutBlanks(value: string): string {
  return value.replace(/^[ \t]+/, "").replace(/(?<![ \t])[ \t]+$/, "");
}

/** Collects the trailer fields of an HTTP/2 message, given as alternating names and values. */
export function trailerSection(raw: readonly string[], limits: TrailerLimits): TrailerSection {
  const section = new TrailerSection(limits);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (!section.count(name.length + value.length)) break;
    // Trailers have no pseudo-header fields (RFC 9113 section 8.1).
    if (name[0] !== ":") section.add(name, value);
  }
  return section;
}
