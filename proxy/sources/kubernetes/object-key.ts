import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import type { ObjectReference } from "../../../lib/findings/finding.ts";

export function referenceOf({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}
