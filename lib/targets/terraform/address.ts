import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";

/**
 * Returns the name of an object's Terraform resource: `httproute_store_acme-store`. It depends only on the object's
 * Kubernetes identity, so that other changes never move the resource to a new address, which Terraform would treat as a
 * deletion. Different objects have different names: Kubernetes names contain no `_`, a dot becomes `__`, and other
 * characters that Terraform identifiers do not allow become their code point.
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
