import { randomFillSync } from "node:crypto";
import type { Head } from "../../message/head.ts";
import { bit, TRACEPARENT, TRACESTATE } from "../../message/header-names.ts";

/** The position of a request in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly flags: number;
  /** `tracestate`, forwarded unchanged; undefined if there was none. */
  readonly state: string | undefined;
}

export const SAMPLED = 0x01;
/** The trace's id is random, at least in its right half (level 2). */
const RANDOM = 0x02;

/** Matches version, trace, parent and flags; later versions may append more (section 3.2.4). */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Returns the context of a request; undefined if there is none, or an invalid one. */
export function traceContextOf(head: Head): TraceContext | undefined {
  if (!head.has(TRACEPARENT) || (head.repeated & bit(TRACEPARENT)) !== 0) return undefined;
  const parent = parseTraceparent(head.first(TRACEPARENT));
  return parent === undefined ? undefined : { ...parent, state: head.joined(TRACESTATE) };
}

export function parseTraceparent(value: string): Omit<TraceContext, "state"> | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = pattern.exec(value) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & (SAMPLED | RANDOM) };
}

export function traceparent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`;
}

const stock = Buffer.allocUnsafeSlow(4 * 1024);
let used = stock.length;

/** Returns random hex digits, two for each of `bytes`; never all zero. */
export function randomId(bytes: number): string {
  for (;;) {
    if (used + bytes > stock.length) {
      randomFillSync(stock);
      used = 0;
    }
    const id = stock.toString("hex", used, used + bytes);
    used += bytes;
    if (!/^0+$/.test(id)) return id;
  }
}
