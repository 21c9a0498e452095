import type { Declared } from "../../api/declared/declared.ts";
import type { ApiObject } from "../../api/index.ts";
import { keyOfObject } from "../../api/load/identity.ts";

type Objects = readonly Declared<ApiObject>[];

/**
 * The age of what is there before the change, where nobody tells when it was made: younger than whatever has a date, and
 * older than what only the change brings.
 */
const thereBefore = "9999-12-31T23:59:59Z";

/**
 * Both sides of a change with ages as they are in a cluster: what is there keeps its own when it is applied again, and
 * what is new is the youngest. Of two routes that match alike the older goes first.
 */
export function withAges(before: Objects, after: Objects): { readonly before: Objects; readonly after: Objects } {
  const ages = new Map(before.map(({ object }) => [keyOfObject(object), ageOf(object) ?? thereBefore]));
  const aged = (declared: Declared<ApiObject>) => {
    const created = ageOf(declared.object) ?? ages.get(keyOfObject(declared.object));
    return created === undefined ? declared : withAge(declared, created);
  };
  return { before: before.map(aged), after: after.map(aged) };
}

function ageOf({ metadata }: ApiObject): string | undefined {
  return metadata.creationTimestamp;
}

function withAge(declared: Declared<ApiObject>, creationTimestamp: string): Declared<ApiObject> {
  const { object } = declared;
  if (ageOf(object) === creationTimestamp) return declared;
  return { ...declared, object: { ...object, metadata: { ...object.metadata, creationTimestamp } } as ApiObject };
}
