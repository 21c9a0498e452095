import type { Limits } from "../../dataplane/limits/limits.ts";

/** Limits of the whole process, which are divided among the threads. */
const divided = [
  "connections",
  "addressConnections",
  "requests",
  "endpointConnections",
  "upstreamConnections",
  "endpointQueue",
  "mirrors",
] as const satisfies readonly (keyof Limits)[];

/** Returns the limits of one of several threads: an equal part of each divided limit, rounded up. */
export function shareOf(limits: Limits, workers: number): Limits {
  const parts = divided.map((name) => [name, Math.ceil(limits[name] / workers)] as const);
  return { ...limits, ...Object.fromEntries(parts) };
}
