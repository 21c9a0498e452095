import type { AnyObject } from "../../../lib/api/declared/declared.ts";

/** Reads the status of a Deployment: how many of its pods are ready, and what it reports as wrong. */
export function readinessOf(deployment: AnyObject | undefined): { readonly ready: number; readonly trouble?: string } {
  const { readyReplicas = 0, conditions = [] } = (deployment?.status ?? {}) as {
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
  const failure = conditions.find(
    ({ type, status }) =>
      (type === "ReplicaFailure" && status === "True") || (type === "Progressing" && status === "False"),
  );
  return { ready: readyReplicas, ...(failure?.message !== undefined && { trouble: failure.message }) };
}
