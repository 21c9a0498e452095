const units = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Converts a GEP-2257 duration, such as `1m30s`, to milliseconds. The text must have passed its schema. */
export function milliseconds(text: string): number {
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|h|m|s)/g))
    total += Number(amount) * units[unit as keyof typeof units];
  return total;
}
