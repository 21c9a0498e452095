import type { FilterIR, OpaqueFilterTypeIR, TargetIR } from "./ir.ts";

type ExtensionFilterIR = Extract<FilterIR, { type: "ExtensionRef" }>;

/** Whether only the controller of the class knows what a filter does. */
export function isOpaqueFilter(filter: FilterIR): filter is ExtensionFilterIR | OpaqueFilterTypeIR {
  return filter.type === "Opaque" || (filter.type === "ExtensionRef" && "opaque" in filter.object);
}

/** The name of what a target leads to, which may be opaque; undefined if its share of the traffic is refused. */
export function reachedBy(target: TargetIR): string | undefined {
  if ("backend" in target) return target.backend;
  return "opaque" in target ? target.opaque : undefined;
}
