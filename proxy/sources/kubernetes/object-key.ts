import { groupOf } from "../../../lib/api/conversion/versions.ts";
import type { AnyObject } from "../../../lib/api/declared.ts";
import type { ObjectReference } from "../../../lib/api/finding.ts";

/** Names an object of a cluster in whatever version it is read: `group kind namespace/name`. */
export function objectKey({ apiVersion, kind, namespace = "", name }: ObjectReference): string {
  return `${groupOf(apiVersion)} ${kind} ${namespace}/${name}`;
}

export function referenceOf({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}
