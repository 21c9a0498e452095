import { isFields, present } from "./fields.ts";
import { gatewayGroup, multiClusterGroup, oldGatewayGroup } from "./versions.ts";

/**
 * Converts the group in a reference of v1alpha1: `core` becomes the empty string, and the Gateway API's former group
 * becomes the current one. A ServiceImport without a group is that of KEP-1645.
 */
export function currentGroup(group: unknown, kind: unknown): unknown {
  const isNeutral = group === undefined || group === "" || group === "core" || group === oldGatewayGroup;
  if (kind === "ServiceImport" && isNeutral) return multiClusterGroup;
  if (group === "core") return "";
  return group === oldGatewayGroup ? gatewayGroup : group;
}

/** Converts the group in a `LocalObjectReference` of v1alpha1. Any other value is unchanged. */
export function currentReference(reference: unknown): unknown {
  if (!isFields(reference)) return reference;
  const { group, kind, ...rest } = reference;
  return present({ group: currentGroup(group, kind), kind, ...rest });
}
