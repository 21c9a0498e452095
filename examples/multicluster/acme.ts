import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway } from "gatewright";
import { clusters, store, storeRoutes } from "./store.ts";

/** What every cluster has: the store's half of it, exported. */
export function everyCluster(scope: Construct, cluster: (typeof clusters)[number]): ApplicationDeveloper {
  const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
  store[cluster].exportFrom(carol);
  return carol;
}

/** What the cluster with the Gateway has besides. */
export function gatewayCluster(scope: Construct, cluster: (typeof clusters)[number] = clusters[0]): void {
  const bob = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const gateway = new Gateway(bob, "acme-mc", {
    gatewayClassName: "gke-l7-rilb-mc",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  });
  storeRoutes(everyCluster(scope, cluster), gateway);
}

/** What the command reads: `gatewright dev examples/multicluster/acme.ts` serves the cluster with the Gateway. */
export default (scope: Construct) => gatewayCluster(scope);
