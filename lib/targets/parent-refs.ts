import { gatewayGroup, groupOf } from "../api/conversion/versions.ts";
import type { AnyObject } from "../api/declared/declared.ts";

const routes: readonly string[] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/** The parents that a route of the Gateway API names, as it is written; none of any other object. */
export function parentRefsOf({ apiVersion, kind, spec }: AnyObject): readonly unknown[] {
  if (groupOf(apiVersion) !== gatewayGroup || !routes.includes(kind)) return [];
  const { parentRefs } = (spec ?? {}) as { readonly parentRefs?: unknown };
  return Array.isArray(parentRefs) ? parentRefs : [];
}
