/**
 * Where a reference to a Gateway keeps the contract that it was made from. A registered symbol, because the program and
 * the engine may each have loaded their own copy of this package; no manifest shows it, and `{ ...ref, port }` keeps it.
 */
export const CONTRACT = Symbol.for("gatewright.Contract");

/** The contracts that the parents in a spec were made from: of a route's `parentRefs`, or a ListenerSet's `parentRef`. */
export function contractsCarriedBy(spec: unknown): readonly unknown[] {
  const { parentRefs, parentRef } = (spec ?? {}) as { readonly parentRefs?: unknown; readonly parentRef?: unknown };
  return [...(Array.isArray(parentRefs) ? (parentRefs as readonly unknown[]) : []), parentRef].flatMap((ref) => {
    const contract = (ref as { readonly [CONTRACT]?: unknown } | null | undefined)?.[CONTRACT];
    return contract === undefined ? [] : [contract];
  });
}
