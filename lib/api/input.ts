import { isLate } from "./late.ts";

/** An object made ready for its schema. */
export interface Input {
  readonly value: unknown;
  /** Whether some leaf is known only later. */
  readonly late: boolean;
}

/**
 * Drops fields that are null or undefined, as the API server does before it fills in defaults (none of the fields is
 * nullable). Copies only what holds such a field.
 */
export function prepare(object: unknown): Input {
  const seen = { late: false };
  return { value: withoutNulls(object, seen), late: seen.late };
}

function withoutNulls(value: unknown, seen: { late: boolean }): unknown {
  if (value === null || typeof value !== "object") return value;
  if (isLate(value)) {
    seen.late = true;
    return value;
  }
  if (Array.isArray(value)) return mapItems(value, seen);
  const record = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(record)) {
    const before = record[key];
    const after = withoutNulls(before, seen);
    if (after === before && before !== null && before !== undefined) continue;
    copy ??= { ...record };
    if (after === null || after === undefined) delete copy[key];
    else copy[key] = after;
  }
  return copy ?? value;
}

function mapItems(items: readonly unknown[], seen: { late: boolean }): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const after = withoutNulls(items[i], seen);
    if (after === items[i]) continue;
    copy ??= [...items];
    copy[i] = after;
  }
  return copy ?? items;
}
