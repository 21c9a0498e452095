import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { list } from "../schema/schema.ts";
import { group, kind, namespace, objectName } from "./fields.ts";
import { kindSchema } from "./object.ts";

/** Lets objects of other namespaces refer to objects of this one. */
export interface ReferenceGrantSpec {
  /** Who may refer; 1 to 16. */
  readonly from: readonly ReferenceGrantFrom[];
  /** To what; 1 to 16. */
  readonly to: readonly ReferenceGrantTo[];
}

/** Objects that may refer. */
export interface ReferenceGrantFrom {
  /** The empty group is the core group. */
  readonly group: string;
  /** Such as `HTTPRoute`. */
  readonly kind: string;
  /** Where they are. */
  readonly namespace: Late<string>;
}

/** Objects that may be referred to, in the namespace of the grant. */
export interface ReferenceGrantTo {
  /** The empty group is the core group. */
  readonly group: string;
  /** Such as `Service`. */
  readonly kind: string;
  /** By default every object of the kind. */
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
