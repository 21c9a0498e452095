import type { Summary } from "./statistics.ts";

/** One peer in one group of a figure. Latencies in milliseconds, memory in MiB. */
export interface Row {
  readonly group: string;
  readonly peer: string;
  readonly cpu: Summary;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly memory: number;
  readonly failed: number;
}
