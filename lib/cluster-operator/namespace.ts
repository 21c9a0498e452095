import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { ClusterOperator } from "./cluster-operator.ts";

/** The spec of a Namespace (core/v1). Most teams only set `metadata.labels`. */
export interface NamespaceProps extends ManifestProps {
  /** Finalizers that must complete before the Namespace is removed. Default: `kubernetes`, set by the API server. */
  readonly finalizers?: readonly string[];
}

const namespace: ManifestKind = {
  apiVersion: "v1",
  kind: "Namespace",
  scope: "Cluster",
  personas: ["ClusterOperator"],
};

/**
 * A Namespace with its labels, which listeners can select in `allowedRoutes`. Other scopes refer to it by `namespace:
 * shop.name`.
 *
 * ```ts
 * const shop = new Namespace(this, "shop", { metadata: { labels: { team: "shop" } } });
 * ```
 *
 * Labels also decide other policies, such as Pod Security, so a Namespace belongs to the cluster operator. Objects are
 * applied after the Namespaces of their program. An engine that destroys a Namespace also destroys everything in it.
 */
export class Namespace extends Manifest {
  readonly props: NamespaceProps;

  constructor(scope: ClusterOperator, id: string, props: NamespaceProps = {}) {
    super(scope, id, namespace, props);
    this.props = props;
  }

  override get kind(): "Namespace" {
    return "Namespace";
  }

  /** Returns undefined unless finalizers are set. */
  override toSpec(): unknown {
    const spec = specOf(this.props);
    return Object.keys(spec).length === 0 ? undefined : spec;
  }
}
