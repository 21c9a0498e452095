/** What went and what came between two lists; the order does not count. */
export function difference<T>(before: readonly T[], after: readonly T[]): { removed: T[]; added: T[] } {
  const [old, now] = [new Set(before), new Set(after)];
  return { removed: [...old].filter((item) => !now.has(item)), added: [...now].filter((item) => !old.has(item)) };
}
