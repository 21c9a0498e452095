/** A straight line through samples, by least squares. */
export interface Line {
  /** Change of the value for each unit of x. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
  readonly start: number;
}

/** Throws a RangeError for fewer than three samples, whose spread says nothing. */
export function lineThrough(samples: readonly (readonly [x: number, y: number])[]): Line {
  const { length } = samples;
  if (length < 3) throw new RangeError(`A line wants three samples at least, not ${length}`);
  const meanX = samples.reduce((sum, [x]) => sum + x, 0) / length;
  const meanY = samples.reduce((sum, [, y]) => sum + y, 0) / length;
  const spread = samples.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = samples.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const start = meanY - slope * meanX;
  const residue = samples.reduce((sum, [x, y]) => sum + (y - start - slope * x) ** 2, 0);
  return { slope, start, error: Math.sqrt(residue / (length - 2) / spread) };
}

/**
 * By how much the value has grown over all samples for certain: two standard errors are taken off, so that noise is no
 * growth.
 */
export function certainGrowth(samples: readonly (readonly [x: number, y: number])[]): number {
  const { slope, error } = lineThrough(samples);
  const [first, last] = [samples[0]?.[0] ?? 0, samples.at(-1)?.[0] ?? 0];
  return Math.max(0, slope - 2 * error) * (last - first);
}
