import type { Sampling } from "../options.ts";
import { SAMPLED, type TraceContext } from "./trace-context.ts";

/** Number of random digits of a trace's id that are used: 13, which a number holds exactly. */
const digits = 13;
const all = 16 ** digits;

/**
 * Returns whether a request is traced. A caller's decision is followed if that is configured. A share is decided by the
 * id of the trace, whose right half is random: a service with the same method and a greater share traces the same
 * requests and more.
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
