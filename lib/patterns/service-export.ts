import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { Manifest, type ManifestKind, type ManifestProps } from "../constructs/manifest.ts";

/** A ServiceExport has no spec: its name is that of the exported Service. */
export interface ServiceExportProps extends ManifestProps {}

const serviceExport: ManifestKind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ServiceExport",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Exports the Service of this name to the other clusters of the set (Multi-Cluster Services API, KEP-1645). */
export class ServiceExport extends Manifest {
  readonly props: ServiceExportProps;

  constructor(scope: ApplicationDeveloper, id: string, props: ServiceExportProps = {}) {
    super(scope, id, serviceExport, props);
    this.props = props;
  }

  override get kind(): "ServiceExport" {
    return "ServiceExport";
  }

  /** A ServiceExport has no spec. */
  override toSpec(): undefined {
    return undefined;
  }
}
