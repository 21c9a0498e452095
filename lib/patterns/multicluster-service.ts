import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { type ServiceImportReference, serviceImport } from "../application-developer/backends.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import { ServiceExport } from "./service-export.ts";
import { ServiceImport, type ServiceImportSpec } from "./service-import.ts";

export interface MulticlusterServiceProps {
  /** Namespace of the Service in every cluster. Services of one name and namespace are the same Service (KEP-1645). */
  readonly namespace: string;
  /** The Service's port that routes send requests to. */
  readonly port: number;
}

export interface ClusterServicesProps<Cluster extends string> extends MulticlusterServiceProps {
  /** Names of the clusters. */
  readonly clusters: readonly Cluster[];
}

/**
 * A Service that several clusters export, and that routes of any cluster use as a backend. It is not part of a tree,
 * because each cluster has a tree of its own (a component with its provider, or a chart). Its methods add constructs to
 * each tree.
 *
 * ```ts
 * const store = new MulticlusterService("acme-store", { namespace: "store", port: 8080 });
 * // in the program of each cluster that runs it
 * store.exportFrom(carol);
 * // in that of the cluster with the Gateway
 * new HTTPRoute(carol, "acme-store", { parentRefs: [gateway], rules: [{ backendRefs: [store.backendRef] }] });
 * ```
 *
 * This is one Service for all clusters; the multi-cluster implementation chooses which cluster answers. For weights
 * between clusters see {@link MulticlusterService.perCluster}.
 */
export class MulticlusterService {
  /** The `metadata.name` of Service, ServiceExport and ServiceImport. */
  readonly name: string;
  readonly namespace: string;
  readonly port: number;

  constructor(name: string, { namespace, port }: MulticlusterServiceProps) {
    this.name = name;
    this.namespace = namespace;
    this.port = port;
  }

  /**
   * Returns one Service for each cluster, named `NAME-CLUSTER`, so that routes can set a weight for each cluster:
   *
   * ```ts
   * const store = MulticlusterService.perCluster("store", { clusters: ["c1", "c2"], namespace: "store", port: 8080 });
   * backendRefs: [{ ...store.c1.backendRef, weight: 5 }, { ...store.c2.backendRef, weight: 5 }]
   * ```
   */
  static perCluster<Cluster extends string>(
    name: string,
    { clusters, ...props }: ClusterServicesProps<Cluster>,
  ): Readonly<Record<Cluster, MulticlusterService>> {
    const services = clusters.map(
      (cluster) => [cluster, new MulticlusterService(`${name}-${cluster}`, props)] as const,
    );
    return Object.fromEntries(services) as Record<Cluster, MulticlusterService>;
  }

  /** A plain reference to the ServiceImport, for backendRefs and mirrors. */
  get backendRef(): ServiceImportReference {
    return serviceImport(this.name, this.port, { namespace: this.namespace });
  }

  /**
   * Exports the Service from the cluster of this scope. Declare the Service itself separately. Throws a
   * DeclarationError if the scope is in another namespace.
   */
  exportFrom(scope: ApplicationDeveloper): ServiceExport {
    requireNamespace(this, scope, "exported");
    return new ServiceExport(scope, `export-${this.name}`, { metadata: { name: this.name } });
  }

  /**
   * Declares the ServiceImport in the cluster of this scope. Use it only if no implementation of the Multi-Cluster
   * Services API creates it from the exports. Default spec: type `ClusterSetIP`, and the port over TCP. Throws a
   * DeclarationError if the scope is in another namespace.
   */
  importInto(scope: ApplicationDeveloper, spec: Partial<ServiceImportSpec> = {}): ServiceImport {
    requireNamespace(this, scope, "imported");
    return new ServiceImport(scope, `import-${this.name}`, {
      metadata: { name: this.name },
      type: "ClusterSetIP",
      ports: [{ port: this.port, protocol: "TCP" }],
      ...spec,
    });
  }
}

/** Throws unless the scope is in the Service's namespace. A late namespace is accepted, because it is not known yet. */
function requireNamespace(
  { name, namespace }: MulticlusterService,
  scope: ApplicationDeveloper,
  doing: "exported" | "imported",
): void {
  const given = scope.namespace;
  if (given === namespace || (given !== undefined && typeof given !== "string")) return;
  throw new DeclarationError(
    pathOf(scope),
    `Service ${namespace}/${name} is ${doing} in namespace ${namespace}, the same in every cluster, but this scope is ` +
      `in ${given ?? "none"}. Give the scope { namespace: "${namespace}" }.`,
  );
}
