/**
 * Splits traffic by weight, exactly, without state beyond one shared counter.
 *
 * The weights, divided by their greatest common divisor, lay out a cycle of `total` positions in which each backend
 * owns a run as long as its weight. Request n takes position n × stride modulo `total`. The stride is coprime to
 * `total`, so any `total` consecutive requests visit every position once: the split is exact over every such window,
 * wherever it starts. The stride lies near total / φ, so consecutive positions spread over the cycle the way leaves
 * spread around a stem, and no backend waits long for its turn. docs/decisions/0010-golden-stride-split.md has the
 * reasons.
 */
export interface Split {
  /** Length of the cycle: the sum of the weights divided by their greatest common divisor. 0 if none is positive. */
  readonly total: number;
  /** The step through the cycle, coprime to `total`. */
  readonly stride: number;
  /** For each weight, in order, the position after its run. A weight of zero has an empty run. */
  readonly bounds: readonly number[];
}

/** The largest weight the API admits (`spec.rules.backendRefs.weight`). */
const largestWeight = 1_000_000;

const goldenRatio = (1 + Math.sqrt(5)) / 2;

/**
 * The largest partial quotient accepted in the continued fraction of total / stride. The waiting time of a backend
 * grows with the largest quotient; with 5 it stays under three times the ideal. Zaremba's conjecture says that every
 * total has a stride without a larger quotient. If a total has none, the best stride found is used.
 */
const largestQuotient = 5;

/**
 * Prepares a split. A weight that is not positive gets no traffic. A weight over 1,000,000, the API's maximum, counts
 * as 1,000,000. Fractions are dropped.
 */
export function buildSplit(weights: readonly number[]): Split {
  const clean = weights.map((weight) => (weight > 0 ? Math.min(Math.floor(weight), largestWeight) : 0));
  const divisor = clean.reduce(greatestCommonDivisor, 0) || 1;
  const bounds: number[] = [];
  let total = 0;
  for (const weight of clean) {
    total += weight / divisor;
    bounds.push(total);
  }
  return { total, stride: goldenStride(total), bounds };
}

/**
 * Returns the index of the weight that request `n` goes to, or -1 if no weight is positive.
 *
 * `n` counts the requests of the rule and may be any integer: a counter that has wrapped to negative numbers works.
 */
export function pick(split: Split, n: number): number {
  const { total, bounds } = split;
  if (total === 0) return -1;
  const turn = n % total;
  const position = ((turn < 0 ? turn + total : turn) * split.stride) % total;
  let index = 0;
  while ((bounds[index] as number) <= position) index++;
  return index;
}

/**
 * Returns the start of a replica's cycle, so that replicas with different seeds do not send their n-th requests to the
 * same backend. Add it to the counter: `pick(split, startOf(split, seed) + n)`.
 *
 * @param seed any text that distinguishes replicas, such as the name of the pod.
 */
export function startOf(split: Pick<Split, "total">, seed: string): number {
  if (split.total === 0) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  // FNV-1a leaves the last characters in the low bits only, and pod names differ only in these.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % split.total;
}

/** Returns the coprime of `total` nearest to total / φ that spreads evenly, or the most even one if none does. */
function goldenStride(total: number): number {
  if (total <= 2) return 1;
  const golden = total / goldenRatio;
  let below = Math.floor(golden);
  let above = below + 1;
  let best = 1;
  let bestQuotient = Number.POSITIVE_INFINITY;
  while (below >= 1 || above < total) {
    const takeBelow = above >= total || (below >= 1 && golden - below < above - golden);
    const stride = takeBelow ? below-- : above++;
    const quotient = worstQuotient(total, stride);
    if (quotient < bestQuotient) {
      best = stride;
      bestQuotient = quotient;
      if (quotient <= largestQuotient) break;
    }
  }
  return best;
}

/** Returns the largest partial quotient of total / stride after the first, or infinity if the two are not coprime. */
function worstQuotient(total: number, stride: number): number {
  let a = stride;
  let b = total % stride;
  let worst = 0;
  while (b !== 0) {
    const quotient = Math.floor(a / b);
    if (quotient > worst) worst = quotient;
    [a, b] = [b, a - quotient * b];
  }
  return a === 1 ? worst : Number.POSITIVE_INFINITY;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
