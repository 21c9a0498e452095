/** Upper bounds of the buckets, in seconds, inclusive; longer durations are in one more bucket. */
export const durationBounds: readonly number[] = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1],
  ...[0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
];

const milliseconds = Float64Array.from(durationBounds, (seconds) => seconds * 1000);
const buckets = durationBounds.length + 1;

/** Classes of status codes: 1xx, which is a tunnel, to 5xx. */
export const statusClasses: readonly string[] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/**
 * Histograms of request durations, by class of status code. Those of several threads are merged by adding their
 * numbers.
 */
export class DurationStats {
  /** Requests in each bucket, class after class; not cumulative. */
  readonly counts: Float64Array = new Float64Array(statusClasses.length * buckets);
  /** Total milliseconds by class. */
  readonly sums: Float64Array = new Float64Array(statusClasses.length);

  /** @param duration milliseconds. */
  observe(duration: number, status: number): void {
    const own = status < 200 ? 0 : status < 300 ? 1 : status < 400 ? 2 : status < 500 ? 3 : 4;
    let bucket = 0;
    while (bucket < milliseconds.length && duration > (milliseconds[bucket] as number)) bucket++;
    const at = own * buckets + bucket;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sums[own] = (this.sums[own] as number) + duration;
  }
}

/** Returns the buckets of one class, by its index in `statusClasses`. */
export function bucketsOf({ counts }: Pick<DurationStats, "counts">, index: number): Float64Array {
  return counts.subarray(index * buckets, (index + 1) * buckets);
}
