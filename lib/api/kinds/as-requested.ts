import type { AnyObject } from "../declared/declared.ts";
import type { Path } from "../schema/input.ts";
import type { KindDefinition } from "./kinds.ts";

/**
 * The object's metadata as the API server sees it when it starts to validate. The server ignores an empty namespace and
 * the namespace of a cluster-scoped object, and reads a label or annotation that is null as an empty string.
 */
export function asRequested(object: AnyObject, nulls: readonly Path[], { scope }: KindDefinition): AnyObject {
  const metadata: unknown = object.metadata;
  if (metadata === null || typeof metadata !== "object") return object;
  const { namespace, ...rest } = metadata as Readonly<Record<string, unknown>>;
  const isUnset = namespace === "" || (scope === "Cluster" && typeof namespace === "string");
  const emptied = emptiedMaps(rest, nulls);
  if (!isUnset && emptied === undefined) return object;
  const requested = { ...rest, ...emptied, ...(namespace !== undefined && !isUnset && { namespace }) };
  return { ...object, metadata: requested as unknown as AnyObject["metadata"] };
}

function emptiedMaps(metadata: Readonly<Record<string, unknown>>, nulls: readonly Path[]) {
  const emptied: Record<string, Record<string, unknown>> = {};
  for (const path of nulls) {
    const [first, map, key] = path;
    if (path.length !== 3 || first !== "metadata" || (map !== "labels" && map !== "annotations")) continue;
    emptied[map] ??= { ...(metadata[map] as Readonly<Record<string, unknown>>) };
    emptied[map][String(key)] = "";
  }
  return Object.keys(emptied).length === 0 ? undefined : emptied;
}
