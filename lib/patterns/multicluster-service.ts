import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { type ServiceImportReference, serviceImport } from "../application-developer/backends.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import { ServiceExport } from "./service-export.ts";
import { ServiceImport, type ServiceImportSpec } from "./service-import.ts";

export interface MulticlusterServiceProps {
  /** Of the Service in every cluster: the same name in the same namespace is the same Service (KEP-1645). */
  readonly namespace: string;
  /** The Service's port that routes send to. */
  readonly port: number;
}

export interface ClusterServicesProps<Cluster extends string> extends MulticlusterServiceProps {
  /** Names of the clusters. */
  readonly clusters: readonly Cluster[];
}

/**
 * A Service that several clusters export and that routes of any of them send to. It belongs to no tree: each cluster has
 * one of its own, a component with its provider or a chart, and this says in each what there is to say.
 *
 * ```ts
 * const store = new MulticlusterService("acme-store", { namespace: "store", port: 8080 });
 * // in the program of each cluster that runs it
 * store.exportFrom(carol);
 * // in that of the cluster with the Gateway
 * new HTTPRoute(carol, "acme-store", { parentRefs: [gateway], rules: [{ backendRefs: [store.backendRef] }] });
 * ```
 *
 * That is one Service for all clusters, and who answers is the clusters' business. For shares between them see
 * {@link MulticlusterService.perCluster}.
 */
export class MulticlusterService {
  /** `metadata.name` of Service, ServiceExport and ServiceImport. */
  readonly name: string;
  readonly namespace: string;
  readonly port: number;

  constructor(name: string, { namespace, port }: MulticlusterServiceProps) {
    this.name = name;
    this.namespace = namespace;
    this.port = port;
  }

  /**
   * One Service for each cluster, named `NAME-CLUSTER`, so that routes can say how much of the traffic goes to which:
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
   * Exports the Service from the cluster of this scope. The Service itself is declared beside, as any other.
   * Throws a DeclarationError if the scope is in another namespace.
   */
  exportFrom(scope: ApplicationDeveloper): ServiceExport {
    requireNamespace(this, scope, "exported");
    return new ServiceExport(scope, `export-${this.name}`, { metadata: { name: this.name } });
  }

  /**
   * Declares the ServiceImport in the cluster of this scope, where no implementation of the Multi-Cluster Services API
   * makes it from the exports. By default of type `ClusterSetIP`, with the port over TCP.
   * Throws a DeclarationError if the scope is in another namespace.
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

/** A namespace that is known only later may be the right one. */
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
