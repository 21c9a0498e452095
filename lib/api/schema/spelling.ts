/** Returns the candidate of which `given` is likely a misspelling, ignoring case, or undefined if none is near. */
export function closest(given: string, candidates: readonly string[]): string | undefined {
  return candidates
    .map((candidate) => ({ candidate, away: distance(candidate.toLowerCase(), given.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.max(1, Math.floor(candidate.length / 4)))
    .sort((a, b) => a.away - b.away)[0]?.candidate;
}

/**
 * The optimal string alignment distance: the number of letters to add, remove, replace or swap with a neighbor. It
 * counts two swapped letters, the most frequent typo, as one.
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
