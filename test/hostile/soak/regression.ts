/** A straight line through samples, by least squares. */
export interface Line {
  /** The change of the value per unit of x. */
  readonly slope: number;
  /** The standard error of the slope. */
  readonly error: number;
  readonly start: number;
}

/**
 * Fits a line.
 *
 * @throws RangeError for fewer than three samples, which have no meaningful spread.
 */
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
 * Returns the certain growth of the value over all samples: two standard errors are subtracted, so that noise does not
 * count as growth.
 */
export function certainGrowth(samples: readonly (readonly [x: number, y: number])[]): number {
  const { slope, error } = lineThrough(samples);
  const [first, last] = [samples[0]?.[0] ?? 0, samples.at(-1)?.[0] ?? 0];
  return Math.max(0, slope - 2 * error) * (last - first);
}
