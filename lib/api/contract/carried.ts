/**
 * The key under which a reference to a Gateway carries the contract that it was made from. It is a registered symbol,
 * because the program and the engine may each load their own copy of this package. Manifests do not contain it, and
 * `{ ...ref, port }` keeps it.
 */
export const CONTRACT = Symbol.for("gatewright.Contract");

/**
 * Returns the contracts that a spec's parent references carry: a route's `parentRefs` or a ListenerSet's `parentRef`.
 */
export function contractsCarriedBy(spec: unknown): readonly unknown[] {
  const { parentRefs, parentRef } = (spec ?? {}) as { readonly parentRefs?: unknown; readonly parentRef?: unknown };
  return [...(Array.isArray(parentRefs) ? (parentRefs as readonly unknown[]) : []), parentRef].flatMap((ref) => {
    const contract = (ref as { readonly [CONTRACT]?: unknown } | null | undefined)?.[CONTRACT];
    return contract === undefined ? [] : [contract];
  });
}
