import type { ReferenceGrantFrom, ReferenceGrantSpec } from "../api/index.ts";
import type { IManifest } from "../constructs/host.ts";
import { isManifest, Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { Persona } from "../constructs/persona.ts";

/** The spec of a ReferenceGrant. `from` also takes an object, and grants to all objects of its kind and namespace. */
export interface ReferenceGrantProps extends Omit<ReferenceGrantSpec, "from">, ManifestProps {
  readonly from: readonly (ReferenceGrantFrom | IManifest)[];
}

const referenceGrant: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "ReferenceGrant",
  scope: "Namespaced",
  personas: ["ClusterOperator", "ApplicationDeveloper"],
};

/**
 * Allows objects of other namespaces to refer to objects of this namespace (Gateway API: ReferenceGrant). Declare it in
 * a scope of the referenced namespace.
 */
export class ReferenceGrant extends Manifest {
  readonly props: ReferenceGrantProps;

  constructor(scope: Persona<"ClusterOperator" | "ApplicationDeveloper">, id: string, props: ReferenceGrantProps) {
    super(scope, id, referenceGrant, props);
    this.props = props;
  }

  override get kind(): "ReferenceGrant" {
    return "ReferenceGrant";
  }

  override toSpec(): unknown {
    const { from, ...rest } = specOf(this.props);
    return { from: Array.isArray(from) ? from.map(toFrom) : from, ...rest };
  }
}

function toFrom(entry: ReferenceGrantFrom | IManifest): unknown {
  if (!isManifest(entry)) return entry;
  const { apiVersion, kind, namespace } = entry;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  // If the namespace is unknown, the field is left out, and the check reports that it is required.
  return { group, kind, ...(namespace === undefined ? {} : { namespace }) };
}
