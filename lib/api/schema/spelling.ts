/** The candidate that `given` is most likely a slip of the pen for, regardless of case; undefined if none is near. */
export function closest(given: string, candidates: readonly string[]): string | undefined {
  return candidates
    .map((candidate) => ({ candidate, away: distance(candidate.toLowerCase(), given.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.max(1, Math.floor(candidate.length / 4)))
    .sort((a, b) => a.away - b.away)[0]?.candidate;
}

/**
 * How many letters have to be added, removed, replaced or swapped with their neighbour: the distance of optimal string
 * alignment, which counts the most frequent slip, two letters in the wrong order, as one.
 */
export function distance(a: string, b: string): number {
  let above: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = isSwap ? (above[column - 2] ?? 0) + 1 : replace;
      current.push(Math.min(replace, swap, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    [above, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
