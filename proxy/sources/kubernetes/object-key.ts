import type { AnyObject } from "../../../lib/api/declared.ts";
import type { ObjectReference } from "../../../lib/api/finding.ts";

export function referenceOf({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}
