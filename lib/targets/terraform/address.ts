import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";

/**
 * The name of an object's resource in Terraform: `httproute_store_acme-store`. It follows from what identifies the object
 * in Kubernetes and from nothing else, so that no change elsewhere moves it to another address, which Terraform would take
 * for a deletion. Different objects have different names: `_` is in no name of Kubernetes', and what Terraform's
 * identifiers cannot hold is written as `__` (a dot) or as its code point.
 */
export function resourceName({ apiVersion, kind, metadata }: AnyObject): string {
  const group = groupOf(apiVersion);
  const kindOfGroup = ["", "apps", gatewayGroup].includes(group) ? kind : `${kind}.${group}`;
  const parts = [kindOfGroup.toLowerCase(), metadata.namespace, metadata.name];
  return parts.flatMap((part) => (part === undefined || part === "" ? [] : identifier(part))).join("_");
}

function identifier(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9-]/gu, (character) =>
    character === "." ? "__" : `_x${character.codePointAt(0)?.toString(16)}_`,
  );
}
