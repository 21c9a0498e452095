import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { list } from "../schema/schema.ts";
import { group, kind, namespace, objectName } from "./fields.ts";
import { kindSchema } from "./object.ts";

/** Allows objects in other namespaces to refer to objects in the grant's namespace. */
export interface ReferenceGrantSpec {
  /** The referrers that are allowed, 1 to 16. */
  readonly from: readonly ReferenceGrantFrom[];
  /** The targets that are allowed, 1 to 16. */
  readonly to: readonly ReferenceGrantTo[];
}

/** A kind of referrers in a namespace. */
export interface ReferenceGrantFrom {
  /** The API group. Empty for the core group. */
  readonly group: string;
  /** The kind, such as `HTTPRoute`. */
  readonly kind: string;
  /** The namespace of the referrers. */
  readonly namespace: Late<string>;
}

/** Targets in the grant's namespace. */
export interface ReferenceGrantTo {
  /** The API group. Empty for the core group. */
  readonly group: string;
  /** The kind, such as `Service`. */
  readonly kind: string;
  /** The target's name. Default: all objects of the kind. */
  readonly name?: Late<string>;
}

export const referenceGrant = () =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "ReferenceGrant",
    z.strictObject({
      from: list(z.strictObject({ group: group(), kind: kind(), namespace: namespace() }), { min: 1, max: 16 }),
      to: list(z.strictObject({ group: group(), kind: kind(), name: objectName().optional() }), { min: 1, max: 16 }),
    }),
  );

/** A valid ReferenceGrant. */
export type ReferenceGrant = z.output<ReturnType<typeof referenceGrant>>;
