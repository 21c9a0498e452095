import { gatewayGroup, groupOf } from "../api/conversion/versions.ts";
import type { AnyObject } from "../api/declared/declared.ts";

const routes: readonly string[] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/** Returns the parentRefs of a route of the Gateway API, as written. Returns an empty list for all other objects. */
export function parentRefsOf({ apiVersion, kind, spec }: AnyObject): readonly unknown[] {
  if (groupOf(apiVersion) !== gatewayGroup || !routes.includes(kind)) return [];
  const { parentRefs } = (spec ?? {}) as { readonly parentRefs?: unknown };
  return Array.isArray(parentRefs) ? parentRefs : [];
}
