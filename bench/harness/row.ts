import type { Summary } from "./statistics.ts";

/** The results of one peer in one group of a figure. Latencies are in milliseconds, memory is in MiB. */
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
