import type { ReferenceGrantFrom, ReferenceGrantSpec } from "../api/index.ts";
import type { IManifest } from "../constructs/host.ts";
import { isManifest, Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { Persona } from "../constructs/persona.ts";

/** The spec of a ReferenceGrant; `from` takes the objects that refer as well, and grants to all of their kind and namespace. */
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
 * Lets objects of other namespaces refer to objects of this one (Gateway API: ReferenceGrant). Make it in the scope of
 * the namespace that is referred to.
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
  // Without a namespace the field stays out, and the check says that it is required.
  return { group, kind, ...(namespace === undefined ? {} : { namespace }) };
}
