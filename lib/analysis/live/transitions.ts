import { referenceTo } from "../../api/conversion/ledger.ts";
import type { Declared } from "../../api/declared/declared.ts";
import { type ApiObject, kindDefinition } from "../../api/index.ts";
import { schemaOf } from "../../api/kinds/kinds.ts";
import { keyOfObject } from "../../api/load/identity.ts";
import type { Loaded } from "../../api/load/load.ts";
import { locateFindings } from "../../api/parse/locate.ts";
import { fieldOf, show, valueAt } from "../../api/schema/field-path.ts";
import { immutableFields } from "../../api/schema/immutable-fields.ts";
import type { Finding } from "../../findings/finding.ts";
import type { LiveCluster } from "./cluster.ts";

/**
 * Reports objects of the sources that change an immutable field (GW1248). An object that is not in the cluster is new,
 * so its fields may have any value.
 */
export function transitionFindings({ declared }: LiveCluster, { objects, texts }: Loaded): Finding[] {
  const stored = new Map(declared.map(({ object }) => [keyOfObject(object), object]));
  const found = objects.flatMap((one) => {
    const old = stored.get(keyOfObject(one.object));
    return old === undefined ? [] : changesOf(one, old);
  });
  return locateFindings(found, texts);
}

function changesOf({ object, origin }: Declared<ApiObject>, old: object): Finding[] {
  const definition = kindDefinition(object.apiVersion, object.kind);
  if (definition === undefined) return [];
  return immutableFields(schemaOf(definition, "experimental")).flatMap((path): Finding[] => {
    const [given, before] = [show(valueAt(object, path)), show(valueAt(old, path))];
    if (before === undefined || given === before) return [];
    return [
      {
        code: "GW1248",
        severity: "error",
        message: "The object exists in the cluster with another value in this field, which cannot be changed.",
        object: referenceTo(object),
        origin,
        field: fieldOf(path),
        ...(given !== undefined && { given }),
        allowed: before,
        fix: "Keep the value, or make a new object under another name and move its users over.",
      },
    ];
  });
}
