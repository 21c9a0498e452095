/**
 * A value that becomes known only later: a Pulumi Output (`apply`), a cdk8s Lazy or a Terraform token (`produce`).
 * Recognised by shape, so that no engine has to be imported.
 */
export type LateValue<T> = { apply(callback: (value: T) => unknown): unknown } | { produce(...context: never[]): T };

/** A value, or one that becomes known later. Accepted for names, namespaces, ports, hostnames and weights only. */
export type Late<T> = T | LateValue<T>;

/** Whether `value` has the shape of a value that becomes known later. */
export function isLate(value: unknown): value is LateValue<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const { apply, produce } = value as { apply?: unknown; produce?: unknown };
  if (typeof produce === "function") return true;
  // Every function has an apply of its own (Function.prototype); a Pulumi Output is an object.
  return typeof value === "object" && typeof apply === "function";
}
