import { isFields, present } from "./fields.ts";
import { gatewayGroup, multiClusterGroup, oldGatewayGroup } from "./versions.ts";

/**
 * A group as references of v1alpha1 name it, in today's words: `core` is the empty string, and the Gateway API moved to
 * a group of its own. A ServiceImport without a group of its own is the one of KEP-1645.
 */
export function currentGroup(group: unknown, kind: unknown): unknown {
  const isNeutral = group === undefined || group === "" || group === "core" || group === oldGatewayGroup;
  if (kind === "ServiceImport" && isNeutral) return multiClusterGroup;
  if (group === "core") return "";
  return group === oldGatewayGroup ? gatewayGroup : group;
}

/** A `LocalObjectReference` of v1alpha1 with today's group; anything else is returned as it is. */
export function currentReference(reference: unknown): unknown {
  if (!isFields(reference)) return reference;
  const { group, kind, ...rest } = reference;
  return present({ group: currentGroup(group, kind), kind, ...rest });
}
