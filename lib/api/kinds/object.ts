import { z } from "zod";
import { metadata } from "./metadata.ts";

/**
 * An object of a kind with a spec.
 *
 * @param status describes `status`; absent, the kind has none.
 */
export function kindSchema<V extends string, K extends string, S extends z.ZodType>(
  apiVersion: V,
  kind: K,
  spec: S,
  status?: z.ZodType,
) {
  const fields = { apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec };
  // Nothing reads the status of a validated object, so its type tells nothing.
  const described = { ...fields, ...(status !== undefined && { status }) } as typeof fields & {
    status: z.ZodOptional<z.ZodUnknown>;
  };
  return z.strictObject(described);
}

/**
 * An object of a core kind, of which only what routing reads is described: its other fields pass, since it is the API
 * server of Kubernetes that knows them.
 */
export function coreSchema<V extends string, K extends string, F extends z.ZodRawShape>(
  apiVersion: V,
  kind: K,
  fields: F,
) {
  return z.looseObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, ...fields });
}
