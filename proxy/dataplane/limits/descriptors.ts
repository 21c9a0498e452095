import { readFileSync } from "node:fs";
import type { Limits } from "./limits.ts";

/** What a process needs beside connections: listening sockets, files, the event loop's own. */
const others = 64;

/** How many file descriptors this process may have; undefined where the system does not say. */
export function mostDescriptors(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/**
 * The same limits, with no more connections than there are file descriptors for, half of them to each side. Without
 * one, a connection would be closed by the system without an answer, and one to an endpoint could not be made.
 */
export function withinDescriptors(limits: Limits, most: number | undefined): Limits {
  if (most === undefined) return limits;
  const { connections, upstreamConnections } = limits;
  if (unlimited(connections) + unlimited(upstreamConnections) + others <= most) return limits;
  const half = Math.max(1, Math.floor((most - others) / 2));
  return {
    ...limits,
    connections: Math.min(unlimited(connections), half),
    upstreamConnections: Math.min(unlimited(upstreamConnections), half),
  };
}

function unlimited(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
