import type { Binding } from "./bind-routes.ts";
import { type Fields, isFields, isList } from "./fields.ts";
import { gatewayGroup } from "./versions.ts";

/**
 * Appends bindings to a route's parentRefs, which are kept. A binding that they already cover is not added. A namespace
 * is written only if it differs from the route's.
 */
export function withBindings(parentRefs: unknown, bindings: readonly Binding[], namespace: string): unknown {
  const written = isList(parentRefs) ? parentRefs : [];
  if (bindings.length === 0 || (parentRefs !== undefined && !isList(parentRefs))) return parentRefs;
  const added = bindings.flatMap(({ gateway, sectionNames }) => {
    const elsewhere = gateway.namespace === namespace ? {} : { namespace: gateway.namespace };
    const ref = { name: gateway.name, ...elsewhere };
    const refs: Fields[] =
      sectionNames === undefined ? [ref] : sectionNames.map((sectionName) => ({ ...ref, sectionName }));
    return refs.filter((candidate) => !written.some((existing) => covers(existing, candidate, namespace)));
  });
  return [...written, ...added];
}

function covers(existing: unknown, candidate: Fields, namespace: string): boolean {
  return (
    isFields(existing) &&
    (existing.kind ?? "Gateway") === "Gateway" &&
    (existing.group ?? gatewayGroup) === gatewayGroup &&
    existing.name === candidate.name &&
    (existing.namespace ?? namespace) === (candidate.namespace ?? namespace) &&
    existing.port === undefined &&
    (existing.sectionName === undefined || existing.sectionName === candidate.sectionName)
  );
}

/** Converts references to XListenerSet, the experimental kind that became ListenerSet. */
export function currentParents(parentRefs: unknown): unknown {
  if (!isList(parentRefs) || !parentRefs.some(isExperimentalParent)) return parentRefs;
  return parentRefs.map((ref) =>
    isExperimentalParent(ref) ? { ...ref, group: gatewayGroup, kind: "ListenerSet" } : ref,
  );
}

function isExperimentalParent(ref: unknown): ref is Fields {
  return isFields(ref) && ref.kind === "XListenerSet";
}
