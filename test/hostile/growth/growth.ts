/** Something that a peer or a tenant may send much of. */
export interface GrowthRow {
  readonly name: string;
  /** How much of it takes some milliseconds, so that what is superlinear shows. */
  readonly size: number;
  /** Makes a collection of `size`, and what is done with it. What it returns is measured, and run often. */
  readonly prepare: (size: number) => () => unknown;
}

/** Of four times as much: 4 where time is linear, 16 where it is quadratic. */
export const bound = 8;

/** A run takes at least this many milliseconds, or it is repeated until it does. */
const shortest = 4;
const samples = 5;
/** Others share the machine: a ratio that is too high is measured again. */
const attempts = 4;

/** How many times as long four times as much takes, in the quietest of some attempts. */
export function growthOf({ size, prepare }: GrowthRow): number {
  let best = Number.POSITIVE_INFINITY;
  const [one, four] = [prepare(size), prepare(size * 4)];
  for (let attempt = 0; attempt < attempts && best >= bound; attempt++) {
    // In turn, so that both see the same neighbours; the first runs are of code that is not compiled yet.
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

/** Milliseconds that this thread has had a processor, which others on the machine do not change much. */
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
