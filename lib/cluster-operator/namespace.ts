import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { ClusterOperator } from "./cluster-operator.ts";

/** The spec of a Namespace (core/v1). What teams set is `metadata.labels`. */
export interface NamespaceProps extends ManifestProps {
  /** What has to be done before the Namespace can go. By default `kubernetes`, which the API server sets. */
  readonly finalizers?: readonly string[];
}

const namespace: ManifestKind = {
  apiVersion: "v1",
  kind: "Namespace",
  scope: "Cluster",
  personas: ["ClusterOperator"],
};

/**
 * A Namespace with its labels, by which listeners select whose routes they take. Other scopes name it by
 * `namespace: shop.name`.
 *
 * ```ts
 * const shop = new Namespace(this, "shop", { metadata: { labels: { team: "shop" } } });
 * ```
 *
 * Labels decide more than that, Pod Security for one, so a Namespace belongs to the cluster operator. Objects are applied
 * after the Namespaces of their program, and an engine that destroys a Namespace takes everything in it along.
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

  /** None, unless finalizers are given. */
  override toSpec(): unknown {
    const spec = specOf(this.props);
    return Object.keys(spec).length === 0 ? undefined : spec;
  }
}
