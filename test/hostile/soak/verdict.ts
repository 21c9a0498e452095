import type { Soaked } from "./soak.ts";

/** MiB that a proxy may gain over a soak, because V8 and the system's allocator move memory by themselves. */
const most = { used: 3, rss: 24 };

/** The number of kinds of traffic. */
const kinds = 15;

/** Describes the faults of a soak; empty if there are none. */
export function faults({ name, growth, failed, failures, left, done, samples }: Soaked): string[] {
  const found: string[] = [];
  const { used, rss } = growth;
  if (used > most.used) found.push(`${name}: memory in use grew by ${used.toFixed(1)} MiB, beyond ${most.used}`);
  if (rss > most.rss) found.push(`${name}: resident memory grew by ${rss.toFixed(1)} MiB, beyond ${most.rss}`);
  if (failed > 0) found.push(`${name}: ${failed} requests failed, such as ${failures.join("; ")}`);
  if (left > 0) found.push(`${name}: ${left} connections are left`);
  if (samples.length < 10) found.push(`${name}: ${samples.length} samples are too few to tell`);
  if (Object.keys(done).length < kinds)
    found.push(`${name}: not all kinds of traffic came: ${Object.keys(done).join(", ")}`);
  return found;
}
