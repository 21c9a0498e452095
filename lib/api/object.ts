import { z } from "zod";
import type { ObjectMeta } from "./declared.ts";
import { dnsLabel, dnsSubdomain, labelKey, labelValue } from "./fields.ts";
import { late } from "./schema/schema.ts";

/** Fields of `metadata` that routing does not read. */
const unread = [
  "generateName",
  "selfLink",
  "resourceVersion",
  "deletionGracePeriodSeconds",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const;

/**
 * `metadata`: the part that routing reads is checked as the API server does, the rest passes. Names are DNS subdomains
 * of at most 253 characters, namespaces DNS labels (RFC 1123).
 */
const metadata = z.strictObject({
  name: late(z.string().min(1).max(253).regex(dnsSubdomain)),
  namespace: late(z.string().min(1).max(63).regex(dnsLabel)).optional(),
  labels: z.record(z.string().regex(labelKey), labelValue()).optional(),
  annotations: z.record(z.string().regex(labelKey), z.string()).optional(),
  generation: z.int().optional(),
  uid: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  ...Object.fromEntries(unread.map((field) => [field, z.unknown().optional()])),
}) as unknown as z.ZodType<ObjectMeta, ObjectMeta>;

/** An object of a kind with a spec. `status` is the controllers' business and is not checked. */
export function kindSchema<V extends string, K extends string, S extends z.ZodType>(apiVersion: V, kind: K, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata,
    spec,
    status: z.unknown().optional(),
  });
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
