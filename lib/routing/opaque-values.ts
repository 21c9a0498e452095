import type { FilterIR, OpaqueFilterTypeIR, TargetIR } from "./ir.ts";

type ExtensionFilterIR = Extract<FilterIR, { type: "ExtensionRef" }>;

/** Reports whether only the controller of the class knows the effect of a filter. */
export function isOpaqueFilter(filter: FilterIR): filter is ExtensionFilterIR | OpaqueFilterTypeIR {
  return filter.type === "Opaque" || (filter.type === "ExtensionRef" && "opaque" in filter.object);
}

/** Returns the name of a target, which may be opaque, or undefined if its share of the traffic is refused. */
export function reachedBy(target: TargetIR): string | undefined {
  if ("backend" in target) return target.backend;
  return "opaque" in target ? target.opaque : undefined;
}
