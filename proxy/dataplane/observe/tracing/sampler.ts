import type { Sampling } from "../options.ts";
import { SAMPLED, type TraceContext } from "./trace-context.ts";

/** Of the digits of a trace's id that are random, the 13 that a number holds exactly. */
const digits = 13;
const all = 16 ** digits;

/**
 * Whether a request is traced. Who follows callers does as they do. A share is decided by the id of the trace, the
 * right half of which is random: whoever decides in this way with a greater share traces the same requests and more.
 */
export function isSampled(
  { ratio, followsCaller }: Sampling,
  parent: TraceContext | undefined,
  traceId: string,
): boolean {
  if (followsCaller && parent !== undefined) return (parent.flags & SAMPLED) !== 0;
  if (ratio >= 1) return true;
  return Number.parseInt(traceId.slice(18, 18 + digits), 16) >= (1 - ratio) * all;
}
