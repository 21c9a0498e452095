import { z } from "zod";
import { bare } from "./introspection.ts";
import { immutable, rulesOf } from "./schema.ts";

const { cel } = immutable("GW1248");

/**
 * Lists the immutable fields of a schema, which have the transition rule `self == oldSelf`. The CRDs have none in the
 * items of lists.
 */
export function immutableFields(schema: z.ZodType, path: readonly string[] = []): readonly (readonly string[])[] {
  const inner = bare(schema);
  if (rulesOf(inner).some((rule) => rule.cel === cel)) return [path];
  if (!(inner instanceof z.ZodObject)) return [];
  const fields = Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>);
  return fields.flatMap(([name, field]) => immutableFields(field, [...path, name]));
}
