import type { BackendTLSPolicySpec } from "../api/index.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";

/** The spec of a BackendTLSPolicy. */
export interface BackendTLSPolicyProps extends BackendTLSPolicySpec, ManifestProps {}

const backendTLSPolicy: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "BackendTLSPolicy",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Configures TLS from a Gateway to Services of this namespace (Gateway API: BackendTLSPolicy, GEP-1897). */
export class BackendTLSPolicy extends Manifest {
  readonly props: BackendTLSPolicyProps;

  constructor(scope: ApplicationDeveloper, id: string, props: BackendTLSPolicyProps) {
    super(scope, id, backendTLSPolicy, props);
    this.props = props;
  }

  override get kind(): "BackendTLSPolicy" {
    return "BackendTLSPolicy";
  }

  override toSpec(): BackendTLSPolicySpec {
    return specOf(this.props);
  }
}
