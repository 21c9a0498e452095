import type { Finding } from "../../findings/finding.ts";
import { valueAt } from "./field-path.ts";
import type { PrototypeKey } from "./input.ts";

/** Restores the keys `__proto__` in a validated object. It modifies `object`, which is a copy that the schema made. */
export function named(object: unknown, keys: readonly PrototypeKey[]): unknown {
  for (const { path, placeholder } of keys) {
    const map = valueAt(object, path) as Record<string, unknown> | undefined;
    if (map === undefined || !Object.hasOwn(map, placeholder)) continue;
    const value = map[placeholder];
    delete map[placeholder];
    // Assignment would call the setter of `__proto__` and lose the value.
    Object.defineProperty(map, "__proto__", { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** Restores the keys `__proto__` in findings. */
export function findingsNamed(findings: Finding[], keys: readonly PrototypeKey[]): Finding[] {
  if (keys.length === 0) return findings;
  const rename = (text: string) =>
    keys.reduce((renamed, { placeholder }) => renamed.replaceAll(placeholder, "__proto__"), text);
  return findings.map(({ field, ...finding }) => ({
    ...finding,
    message: rename(finding.message),
    ...(field !== undefined && { field: rename(field) }),
  }));
}
