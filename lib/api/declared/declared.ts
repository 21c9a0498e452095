import type { Origin } from "../../findings/finding.ts";

/** Kubernetes object metadata, the part that routing reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly uid?: string;
  /** RFC 3339; decides ties between routes, oldest first. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** Any object as a source hands it over: parsed, not yet validated. */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

/** The roles of the Gateway API. */
export type PersonaName = "InfrastructureProvider" | "ClusterOperator" | "ApplicationDeveloper";

/** An object together with the place that declared it; what every source yields and every check reads. */
export interface Declared<T = AnyObject> {
  readonly object: T;
  readonly origin: Origin;
  /** Whose scope declared it. Absent where nobody's did, as in a file. */
  readonly persona?: PersonaName;
}
