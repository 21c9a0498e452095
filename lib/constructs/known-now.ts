/** Returns the present value of a late value, or a plain value as it is. Undefined if only an engine can resolve it. */
export function knownNow(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if ("produce" in value && typeof value.produce === "function") {
    try {
      return knownNow(value.produce());
    } catch {
      // The code that resolves the object's late values gets the same error and reports it.
      return undefined;
    }
  }
  return undefined;
}
