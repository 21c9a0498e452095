import type { AnyObject } from "../declared/declared.ts";
import { kindDefinition, schemaOf } from "../kinds/kinds.ts";
import { schemaAt } from "../schema/introspection.ts";
import { listKeysOf } from "../schema/schema.ts";

/**
 * The keys by which server-side apply identifies the items of a list (`x-kubernetes-list-map-keys`), such as `name` for
 * listeners. Undefined for atomic lists and for unknown kinds.
 */
export function listKeysAt(object: AnyObject, path: readonly (string | number)[]): readonly string[] | undefined {
  const definition = kindDefinition(object.apiVersion, object.kind);
  const schema = definition === undefined ? undefined : schemaAt(schemaOf(definition, "experimental"), path);
  const keys = schema === undefined ? undefined : listKeysOf(schema);
  return keys?.length === 0 ? undefined : keys;
}
