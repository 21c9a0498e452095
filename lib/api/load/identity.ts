import type { ObjectReference } from "../../findings/finding.ts";
import { groupOf } from "../conversion/versions.ts";

/** Identifies an object across versions: `group kind namespace/name`. */
export function objectKey({ apiVersion, kind, namespace = "", name }: ObjectReference): string {
  return `${groupOf(apiVersion)} ${kind} ${namespace}/${name}`;
}

/** Returns the `objectKey` of an object. */
export function keyOfObject({ apiVersion, kind, metadata: { namespace = "", name } }: NamedObject): string {
  return objectKey({ apiVersion, kind, namespace, name });
}

interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}
