import type { AllowedGateways } from "./bind-routes.ts";
import { at, type Fields, isFields, isList } from "./fields.ts";
import type { Ledger } from "./ledger.ts";

const place = "spec.gateways";

/**
 * Reads `gateways` in a route of v1alpha1, which lists the Gateways that may use the route. Default: those in the
 * route's namespace. `gatewayRefs` counts only with `allow: FromList`.
 */
export function readAllowedGateways(gateways: unknown, namespace: string, ledger: Ledger): AllowedGateways {
  if (gateways === undefined) return { from: "SameNamespace" };
  if (!isFields(gateways)) {
    ledger.malformed(place, gateways, "allow and gatewayRefs");
    return { from: "SameNamespace" };
  }
  const { allow = "SameNamespace", gatewayRefs, ...rest } = gateways;
  for (const [key, value] of Object.entries(rest)) ledger.malformed(at(place, key), value, "allow and gatewayRefs");
  if (allow === "FromList") return { from: "FromList", list: readRefs(gatewayRefs, namespace, ledger) };
  if (gatewayRefs !== undefined) {
    ledger.settled(at(place, "gatewayRefs"), "gatewayRefs counted only beside allow: FromList", { given: gatewayRefs });
  }
  if (allow === "All" || allow === "SameNamespace") return { from: allow };
  ledger.malformed(at(place, "allow"), allow, "All, FromList or SameNamespace");
  return { from: "SameNamespace" };
}

function readRefs(refs: unknown, namespace: string, ledger: Ledger): { namespace: string; name: string }[] {
  const field = at(place, "gatewayRefs");
  if (!isList(refs)) {
    ledger.malformed(field, refs ?? null, "a list of Gateways, each with name and namespace");
    return [];
  }
  return refs.flatMap((ref, index) => {
    if (isRef(ref)) return [{ namespace: ref.namespace ?? namespace, name: ref.name }];
    ledger.malformed(at(field, index), ref, "name and namespace");
    return [];
  });
}

function isRef(ref: unknown): ref is Fields & { readonly name: string; readonly namespace?: string } {
  return (
    isFields(ref) && typeof ref.name === "string" && (ref.namespace === undefined || typeof ref.namespace === "string")
  );
}
