import type { Declared } from "../../api/declared/declared.ts";

/** A cluster as it was read once. */
export interface LiveCluster {
  /** Of its API server. */
  readonly address: string;
  /** Its objects, with the cluster as their origin. */
  readonly declared: readonly Declared[];
  /** Kinds that the user may not list: nothing is known of them. */
  readonly forbidden: readonly string[];
  /** By kind, those that CRDs define. */
  readonly installed: ReadonlyMap<string, InstalledKind>;
}

/** What a cluster says of a kind that a CRD defines. What is absent could not be read. */
export interface InstalledKind {
  readonly served?: boolean;
  /** `gateway.networking.k8s.io/bundle-version`, such as `v1.7.0`. */
  readonly bundle?: string;
  /** `gateway.networking.k8s.io/channel`: `standard` or `experimental`. */
  readonly channel?: string;
}
