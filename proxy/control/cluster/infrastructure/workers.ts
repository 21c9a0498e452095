import type { Resources } from "./parameters.ts";

/**
 * The worker threads of a proxy: as many as processors are asked for, or may be used if that is limited, rounded up. Not
 * as many as its node has: each takes memory, of which the pod may have no more for that, and Kubernetes scales out by
 * pods.
 */
export function workersFor({ requests, limits }: Resources): number {
  return Math.max(1, Math.ceil(processors(limits?.cpu) ?? processors(requests?.cpu) ?? 0));
}

const units: Readonly<Record<string, number>> = { "": 1, m: 1e-3, u: 1e-6, n: 1e-9, k: 1e3 };

/** A quantity of CPU (resource.Quantity), such as `500m` or `2`; undefined for one that the API server will refuse. */
function processors(quantity: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+)(m|u|n|k)?$/.exec(quantity ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * (units[unit] ?? 1);
}
