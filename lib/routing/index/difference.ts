/** Returns the items that only the first and only the second of two lists contain. The order does not matter. */
export function difference<T>(before: readonly T[], after: readonly T[]): { removed: T[]; added: T[] } {
  const [old, now] = [new Set(before), new Set(after)];
  return { removed: [...old].filter((item) => !now.has(item)), added: [...now].filter((item) => !old.has(item)) };
}
