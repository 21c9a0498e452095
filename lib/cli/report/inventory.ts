import { pluralOf } from "../../analysis/traffic/describe.ts";
import type { Inventory, KindCount } from "../../api/load/inventory.ts";

/** Returns a line such as `checked 3 objects: 2 HTTPRoutes, 1 Gateway; passed over 1: 1 Ingress`. */
export function inventoryLine({ checked, passedOver }: Inventory): string {
  const parts = [
    checked.length === 0 ? "checked no objects" : `checked ${objects(total(checked))}: ${kinds(checked)}`,
    ...(passedOver.length === 0 ? [] : [`passed over ${objects(total(passedOver))}: ${kinds(passedOver)}`]),
  ];
  return parts.join("; ");
}

export function total(counts: readonly KindCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** The maximum number of kinds in the line. Structured output has all of them. */
const mostKinds = 12;

function kinds(counts: readonly KindCount[]): string {
  // Versions of one kind are counted together, since the line is for people.
  const byKind = new Map<string, number>();
  for (const { kind, count } of counts) byKind.set(kind, (byKind.get(kind) ?? 0) + count);
  const words = [...byKind].map(([kind, count]) => `${count} ${count === 1 ? kind : pluralOf(kind)}`);
  const rest = words.length - mostKinds;
  return rest <= 0 ? words.join(", ") : `${words.slice(0, mostKinds).join(", ")} and ${rest} more kinds`;
}

function objects(count: number): string {
  return count === 1 ? "1 object" : `${count} objects`;
}
