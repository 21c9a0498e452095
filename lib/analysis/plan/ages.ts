import type { Declared } from "../../api/declared/declared.ts";
import type { ApiObject } from "../../api/index.ts";
import { keyOfObject } from "../../api/load/identity.ts";

type Objects = readonly Declared<ApiObject>[];

/**
 * The age of an object that exists before the change and has no creation timestamp. It is younger than objects with a
 * timestamp, and older than objects that the change adds.
 */
const thereBefore = "9999-12-31T23:59:59Z";

/**
 * Gives the objects on both sides the ages that they have in a cluster: an existing object keeps its age when it is
 * applied again, and a new object is the youngest. Age decides between two routes with equal matches: the older wins.
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
