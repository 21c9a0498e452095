import { keyOf, namespaceOf, type RoutingObjects } from "../../../routing/objects.ts";
import type { Reference } from "./reference.ts";

const gatewayGroup = "gateway.networking.k8s.io";
const groups: Readonly<Record<string, string>> = { ServiceImport: "multicluster.x-k8s.io" };

/** A ReferenceGrant that would allow a reference if one field had another value. */
export interface NearGrant {
  /** The grant as `namespace/name`. */
  readonly grant: string;
  readonly field: string;
  readonly given: string;
  readonly wanted: string;
}

/** Finds a grant that differs from a reference in exactly one field. The result is undefined if there is none. */
export function nearGrantOf({ referenceGrants }: RoutingObjects, reference: Reference): NearGrant | undefined {
  const { kind, namespace = "", name, from } = reference;
  for (const { object } of referenceGrants.values()) {
    const grant = keyOf(object);
    for (const [i, allowed] of object.spec.from.entries()) {
      for (const [j, to] of object.spec.to.entries()) {
        const wrong = [
          slip(`metadata.namespace`, namespaceOf(object), namespace),
          slip(`spec.from[${i}].group`, allowed.group, gatewayGroup),
          slip(`spec.from[${i}].kind`, allowed.kind, from.kind),
          slip(`spec.from[${i}].namespace`, allowed.namespace, from.namespace),
          slip(`spec.to[${j}].group`, to.group, groups[kind] ?? ""),
          slip(`spec.to[${j}].kind`, to.kind, kind),
          to.name ? slip(`spec.to[${j}].name`, to.name, name) : undefined,
        ].filter((one) => one !== undefined);
        const [only, ...others] = wrong;
        if (only !== undefined && others.length === 0) return { grant, ...only };
      }
    }
  }
  return undefined;
}

function slip(field: string, given: string, wanted: string): Omit<NearGrant, "grant"> | undefined {
  return given === wanted ? undefined : { field, given, wanted };
}
