import { z } from "zod";
import { knownForm } from "./schema.ts";

/** The schema itself, without what makes it optional, gives it a default or lets it be late. */
export function bare(schema: z.ZodType): z.ZodType {
  let at = schema;
  for (;;) {
    if (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap() as z.ZodType;
    else {
      const inner = knownForm(at);
      if (inner === undefined) return at;
      at = inner;
    }
  }
}

/** The schema of what `path` leads to; undefined where it leads out of what is described. */
export function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = bare(root);
  for (const step of path) {
    if (at instanceof z.ZodObject) at = (at.shape as Record<PropertyKey, z.ZodType | undefined>)[step];
    else if (at instanceof z.ZodArray) at = at.element as z.ZodType;
    else if (at instanceof z.ZodRecord) at = at.valueType as z.ZodType;
    else return undefined;
    if (at === undefined) return undefined;
    at = bare(at);
  }
  return at;
}
