import type { Declared } from "../../api/declared/declared.ts";

/** The state of a cluster, read once. */
export interface LiveCluster {
  /** The address of the API server. */
  readonly address: string;
  /** The cluster's objects. The cluster is their origin. */
  readonly declared: readonly Declared[];
  /** The kinds that the user may not list. Their objects are unknown. */
  readonly forbidden: readonly string[];
  /** The kinds that CRDs define, by name. */
  readonly installed: ReadonlyMap<string, InstalledKind>;
}

/** The version and channel of a kind that a CRD defines. A field is absent if it could not be read. */
export interface InstalledKind {
  readonly served?: boolean;
  /** The annotation `gateway.networking.k8s.io/bundle-version`, such as `v1.7.0`. */
  readonly bundle?: string;
  /** The annotation `gateway.networking.k8s.io/channel`: `standard` or `experimental`. */
  readonly channel?: string;
}
