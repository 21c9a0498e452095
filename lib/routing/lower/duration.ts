const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * A Gateway API duration (GEP-2257), such as `1h30m` or `250ms`, in milliseconds. Undefined if it is none; validation
 * has refused such ones before.
 */
export function milliseconds(duration: string | undefined): number | undefined {
  if (duration === undefined || !/^([0-9]{1,5}(h|m|s|ms)){1,4}$/.test(duration)) return undefined;
  let sum = 0;
  for (const [, count, unit] of duration.matchAll(/([0-9]+)(ms|h|m|s)/g))
    sum += Number(count) * (units[unit ?? ""] ?? 0);
  return sum;
}
