import type { Origin } from "../../findings/finding.ts";

/** The part of Kubernetes object metadata that routing reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly uid?: string;
  /** The creation time in RFC 3339. The oldest route wins a tie. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** An object as a source provides it: parsed, and not yet validated. */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

/** The personas of the Gateway API. */
export type PersonaName = "InfrastructureProvider" | "ClusterOperator" | "ApplicationDeveloper";

/** An object with the place that declared it. Sources produce it, and all checks read it. */
export interface Declared<T = AnyObject> {
  readonly object: T;
  readonly origin: Origin;
  /** The persona whose scope declared the object. Absent without such a scope, as in a file. */
  readonly persona?: PersonaName;
}
