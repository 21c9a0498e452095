import type { Late } from "../api/index.ts";
import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";

/** The spec of a ServiceImport (Multi-Cluster Services API, v1alpha1). */
export interface ServiceImportSpec {
  /** `ClusterSetIP`: one address for the Service of all clusters. `Headless`: no such address. */
  readonly type: "ClusterSetIP" | "Headless";
  readonly ports: readonly {
    readonly name?: string;
    readonly port: Late<number>;
    /** Default: `TCP`. */
    readonly protocol?: "TCP" | "UDP" | "SCTP";
    /** The application protocol (KEP-3726). Default: unspecified. */
    readonly appProtocol?: string;
  }[];
  /** Addresses in this cluster. Default: the multi-cluster implementation assigns them. */
  readonly ips?: readonly string[];
}

export interface ServiceImportProps extends ServiceImportSpec, ManifestProps {}

const serviceImport: ManifestKind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ServiceImport",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/**
 * A Service of other clusters, as a backend of routes (GEP-1748). An implementation of the Multi-Cluster Services API
 * creates ServiceImports from the exports. Declare one only if no implementation runs in the cluster, or to check the
 * ports.
 */
export class ServiceImport extends Manifest {
  readonly props: ServiceImportProps;

  constructor(scope: ApplicationDeveloper, id: string, props: ServiceImportProps) {
    super(scope, id, serviceImport, props);
    this.props = props;
  }

  override get kind(): "ServiceImport" {
    return "ServiceImport";
  }

  override toSpec(): unknown {
    return specOf(this.props);
  }
}
