import type { Late } from "../api/index.ts";
import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";

/** The spec of a ServiceImport (Multi-Cluster Services API, v1alpha1). */
export interface ServiceImportSpec {
  /** `ClusterSetIP`: one address for the Service of all clusters. `Headless`: none. */
  readonly type: "ClusterSetIP" | "Headless";
  readonly ports: readonly {
    readonly name?: string;
    readonly port: Late<number>;
    /** By default `TCP`. */
    readonly protocol?: "TCP" | "UDP" | "SCTP";
    /** By default nothing is said about it. KEP-3726. */
    readonly appProtocol?: string;
  }[];
  /** Addresses in this cluster. By default those that the implementation gives. */
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
 * A Service of other clusters, as a backend of routes (GEP-1748). Where an implementation of the Multi-Cluster Services
 * API runs, it makes ServiceImports itself from the exports; declare one only where none does, or for a check that knows
 * the ports.
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
