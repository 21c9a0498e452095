import type { GatewayClass } from "../index.ts";
import type { ContractClass } from "./offer.ts";

/**
 * What a GatewayClass tells of itself: its controller, and what the controller wrote into `status.supportedFeatures`.
 * Until a controller has, no features are known.
 */
export function classOfferOf({ spec, status }: Pick<GatewayClass, "spec" | "status">): ContractClass {
  const { controllerName } = spec;
  const listed = (status as { readonly supportedFeatures?: unknown } | undefined)?.supportedFeatures;
  if (!Array.isArray(listed)) return { controllerName };
  const features = (listed as readonly unknown[]).flatMap((feature): string | readonly string[] => {
    // Gateway API v1.1 listed bare names.
    const name = typeof feature === "string" ? feature : (feature as { readonly name?: unknown } | null)?.name;
    return typeof name === "string" ? name : [];
  });
  return { controllerName, features };
}
