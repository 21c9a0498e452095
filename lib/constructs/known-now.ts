/** What a value is now: itself, or what a late value produces. Undefined if only an engine knows, or it cannot be produced. */
export function knownNow(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if ("produce" in value && typeof value.produce === "function") {
    try {
      return knownNow(value.produce());
    } catch {
      // Whoever resolves the object's late values meets the error again, and reports it.
      return undefined;
    }
  }
  return undefined;
}
