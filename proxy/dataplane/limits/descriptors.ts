import { readFileSync } from "node:fs";
import type { Limits } from "./limits.ts";

/** File descriptors that a process needs besides connections: listening sockets, files, those of the event loop. */
const others = 64;

/** Returns the number of file descriptors that this process may have; undefined if the system does not report it. */
export function mostDescriptors(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/**
 * Limits connections to the available file descriptors, half of them for each side. Without a descriptor, the system
 * would close a client's connection without a response, and a connection to an endpoint would fail.
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
