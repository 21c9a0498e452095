import { z } from "zod";
import { isExperimentalPlaceholder, knownForm } from "./schema.ts";

/** Unwraps a schema: removes the wrappers for optional fields, defaults and late values. */
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

/** Returns the schema at `path`, or undefined if the schema does not describe the path. */
export function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = bare(root);
  for (const step of path) {
    at = partOf(at, step);
    if (at === undefined) return undefined;
    at = bare(at);
  }
  return at;
}

function partOf(schema: z.ZodType, step: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, step) ? schema.shape[String(step)] : undefined;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}

/** Returns true if the schema describes an object that allows no further fields. */
export function isStrict(schema: z.ZodType | undefined): schema is z.ZodObject {
  return schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;
}

/** Lists the fields that an object of this schema may have, without fields of the other channel. */
export function fieldsOf(schema: z.ZodType | undefined): readonly string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const fields = Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>);
  return fields.filter(([, field]) => !isExperimentalPlaceholder(bare(field))).map(([name]) => name);
}

/** Returns true if the value at `path` may be late. That includes values without a schema, which nothing reads. */
export function isLateLeaf(root: z.ZodType, path: readonly PropertyKey[]): boolean {
  const last = path.at(-1);
  const parent = schemaAt(root, path.slice(0, -1));
  const leaf = parent === undefined || last === undefined ? undefined : partOf(parent, last);
  if (leaf === undefined) return last !== undefined;
  const described = withoutOptional(leaf);
  return knownForm(described) !== undefined || described instanceof z.ZodUnknown;
}

function withoutOptional(schema: z.ZodType): z.ZodType {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap() as z.ZodType;
  return at;
}
