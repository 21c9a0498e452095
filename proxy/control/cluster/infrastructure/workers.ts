import type { Resources } from "./parameters.ts";

/**
 * Returns the number of worker threads of a proxy: its CPU limit or, without one, its CPU request, rounded up. The
 * node's processors do not count: each thread takes memory, which the pod's limit does not allow for, and Kubernetes
 * scales out by pods.
 */
export function workersFor({ requests, limits }: Resources): number {
  return Math.max(1, Math.ceil(processors(limits?.cpu) ?? processors(requests?.cpu) ?? 0));
}

const units: Readonly<Record<string, number>> = { "": 1, m: 1e-3, u: 1e-6, n: 1e-9, k: 1e3 };

/** Parses a quantity of CPU (resource.Quantity), such as `500m` or `2`. Undefined: the API server will refuse it. */
function processors(quantity: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+)(m|u|n|k)?$/.exec(quantity ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * (units[unit] ?? 1);
}
