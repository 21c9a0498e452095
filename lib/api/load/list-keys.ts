import type { AnyObject } from "../declared/declared.ts";
import { kindDefinition, schemaOf } from "../kinds/kinds.ts";
import { schemaAt } from "../schema/introspection.ts";
import { listKeysOf } from "../schema/schema.ts";

/**
 * The keys by which server-side apply tells the items of a list apart (`x-kubernetes-list-map-keys`), such as `name` of
 * listeners. Undefined for a list that is applied as a whole, and for kinds that Gatewright does not know.
 */
export function listKeysAt(object: AnyObject, path: readonly (string | number)[]): readonly string[] | undefined {
  const definition = kindDefinition(object.apiVersion, object.kind);
  const schema = definition === undefined ? undefined : schemaAt(schemaOf(definition, "experimental"), path);
  const keys = schema === undefined ? undefined : listKeysOf(schema);
  return keys?.length === 0 ? undefined : keys;
}
