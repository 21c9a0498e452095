import type { Limits } from "../../dataplane/limits/limits.ts";

/** Limits of the process as a whole, of which each thread gets its part. */
const divided = [
  "connections",
  "addressConnections",
  "requests",
  "endpointConnections",
  "upstreamConnections",
  "endpointQueue",
  "mirrors",
] as const satisfies readonly (keyof Limits)[];

/** What one of several threads may admit: an equal part, rounded up, of what the process may; the rest as it is. */
export function shareOf(limits: Limits, workers: number): Limits {
  const parts = divided.map((name) => [name, Math.ceil(limits[name] / workers)] as const);
  return { ...limits, ...Object.fromEntries(parts) };
}
