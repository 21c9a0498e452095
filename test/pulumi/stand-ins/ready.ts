import { query } from "jsonpathly";
import type { Manifest } from "./cluster.ts";

/** Milliseconds that are waited by default: ten minutes, as the genuine provider does. */
const defaultLimit = 600_000;

/** Part of the provider's stand-in: the annotations by which a program says what to wait for, as they are documented. */
export function limitOf({ metadata }: Manifest, timeoutSeconds: number): number {
  if (timeoutSeconds > 0) return timeoutSeconds * 1000;
  const { "pulumi.com/timeoutSeconds": seconds } = metadata.annotations ?? {};
  return seconds === undefined ? defaultLimit : Number(seconds) * 1000;
}

/** Whether what is waited for is there. Throws if an expression cannot be read. */
export function isReady(live: Manifest): boolean {
  const { "pulumi.com/skipAwait": skip, "pulumi.com/waitFor": waitFor } = live.metadata.annotations ?? {};
  if (skip === "true") return true;
  if (waitFor !== undefined) return listed(waitFor).every((expression) => isMet(expression, live));
  // Of the kinds that are waited for without being asked, the tests have this one.
  return live.kind === "Deployment" ? isRolledOut(live) : true;
}

function listed(waitFor: string): readonly string[] {
  try {
    return JSON.parse(waitFor) as string[];
  } catch {
    return [waitFor];
  }
}

function isMet(expression: string, live: Manifest): boolean {
  if (expression.startsWith("condition=")) return hasCondition(expression.slice("condition=".length), live);
  if (expression.startsWith("jsonpath=")) return selects(expression.slice("jsonpath=".length), live);
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got ${JSON.stringify(expression)}`);
}

function hasCondition(expression: string, live: Manifest): boolean {
  const [wanted, value = "True"] = expression.split("=");
  const { conditions } = (live.status ?? {}) as {
    readonly conditions?:
      | readonly { readonly type: string; readonly status: string; readonly observedGeneration?: number }[]
      | null;
  };
  // The API server gives a new CRD the value null.
  return (conditions ?? []).some(
    ({ type, status, observedGeneration }) =>
      type === wanted &&
      status === value &&
      (observedGeneration === undefined || observedGeneration >= (live.metadata.generation ?? 0)),
  );
}

/** `{path}` or `{path}=value`, split at a single `=`, up to the first brace that closes; the first match counts. */
function selects(expression: string, live: Manifest): boolean {
  const [path = "", value, ...more] = expression.replaceAll("==", "\0").split("=");
  if (more.length > 0) throw new Error(`format should be {.path}=value or {.path}, got ${JSON.stringify(expression)}`);
  const inner = /\{\s*(.*?)\s*\}/.exec(path)?.[1]?.replaceAll("\0", "==");
  if (inner === undefined) throw new Error(`${path} should be wrapped in brackets { ... }`);
  const [first, ...rest] = query(live, inner.startsWith("$") ? inner : `$${inner}`, {
    returnArray: true,
  }) as readonly unknown[];
  if (first === undefined && rest.length === 0) return false;
  return value === undefined || String(first) === value.replaceAll("\0", "==");
}

function isRolledOut(live: Manifest): boolean {
  const { replicas = 1 } = (live.spec ?? {}) as { readonly replicas?: number };
  const {
    observedGeneration = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = (live.status ?? {}) as {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
  const current = observedGeneration >= (live.metadata.generation ?? 0);
  return current && updatedReplicas >= replicas && availableReplicas >= replicas;
}
