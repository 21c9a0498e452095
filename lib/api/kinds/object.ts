import { z } from "zod";
import { metadata } from "./metadata.ts";

/**
 * Returns the schema of a kind with a spec.
 *
 * @param status the schema of `status`. Absent if the kind has none.
 */
export function kindSchema<V extends string, K extends string, S extends z.ZodType>(
  apiVersion: V,
  kind: K,
  spec: S,
  status?: z.ZodType,
) {
  const fields = { apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec };
  // No code reads the status of a validated object, so its type is unknown.
  const described = { ...fields, ...(status !== undefined && { status }) } as typeof fields & {
    status: z.ZodOptional<z.ZodUnknown>;
  };
  return z.strictObject(described);
}

/**
 * Returns the schema of a core kind, reduced to the fields that routing reads. Other fields are accepted, since the API
 * server validates them.
 */
export function coreSchema<V extends string, K extends string, F extends z.ZodRawShape>(
  apiVersion: V,
  kind: K,
  fields: F,
) {
  return z.looseObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, ...fields });
}
