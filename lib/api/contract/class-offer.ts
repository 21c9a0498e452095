import type { GatewayClass } from "../index.ts";
import type { ContractClass } from "./offer.ts";

/**
 * Reads a GatewayClass's controller, and the features that the controller wrote into `status.supportedFeatures`. The
 * features are unknown until it writes them.
 */
export function classOfferOf({ spec, status }: Pick<GatewayClass, "spec" | "status">): ContractClass {
  const { controllerName } = spec;
  const listed = (status as { readonly supportedFeatures?: unknown } | undefined)?.supportedFeatures;
  if (!Array.isArray(listed)) return { controllerName };
  const features = (listed as readonly unknown[]).flatMap((feature): string | readonly string[] => {
    // Gateway API v1.1 listed features as plain strings.
    const name = typeof feature === "string" ? feature : (feature as { readonly name?: unknown } | null)?.name;
    return typeof name === "string" ? name : [];
  });
  return { controllerName, features };
}
