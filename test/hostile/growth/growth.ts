/** Data of which a peer or a tenant may send much. */
export interface GrowthRow {
  readonly name: string;
  /** A size that takes some milliseconds, so that superlinear time shows. */
  readonly size: number;
  /** Makes a collection of `size`, and returns the work on it, which is measured and run often. */
  readonly prepare: (size: number) => () => unknown;
}

/** The limit of the factor for four times as much data: the factor is 4 for linear time and 16 for quadratic time. */
export const bound = 8;

/** Minimum milliseconds of a measurement; shorter work is repeated. */
const shortest = 4;
const samples = 5;
/** Number of measurements: other processes share the machine, so a ratio that is too high is measured again. */
const attempts = 4;

/** Returns by which factor four times as much data takes longer, in the quietest of several measurements. */
export function growthOf({ size, prepare }: GrowthRow): number {
  let best = Number.POSITIVE_INFINITY;
  const [one, four] = [prepare(size), prepare(size * 4)];
  for (let attempt = 0; attempt < attempts && best >= bound; attempt++) {
    // The sizes alternate, so that both see the same load of the machine. The first runs use code that is not compiled
    // yet.
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i <= samples; i++) {
      small.push(timeOf(one));
      large.push(timeOf(four));
    }
    best = Math.min(best, median(large.slice(1)) / median(small.slice(1)));
  }
  return best;
}

/** Returns the processor time of this thread in milliseconds, which other processes hardly change. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function timeOf(run: () => unknown): number {
  const start = processorTime();
  for (let runs = 1; ; runs++) {
    run();
    const took = processorTime() - start;
    if (took >= shortest) return took / runs;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
