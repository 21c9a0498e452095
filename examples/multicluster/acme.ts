import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway } from "gatewright";
import { clusters, store, storeRoutes } from "./store.ts";

/** Declares the objects of every cluster: the store's Service, exported. */
export function everyCluster(scope: Construct, cluster: (typeof clusters)[number]): ApplicationDeveloper {
  const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
  store[cluster].exportFrom(carol);
  return carol;
}

/** Declares the objects of the cluster with the Gateway, in addition to its exported Service. */
export function gatewayCluster(scope: Construct, cluster: (typeof clusters)[number] = clusters[0]): void {
  const bob = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const gateway = new Gateway(bob, "acme-mc", {
    gatewayClassName: "gke-l7-rilb-mc",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  });
  storeRoutes(everyCluster(scope, cluster), gateway);
}

/** The command runs this function: `gatewright dev examples/multicluster/acme.ts` serves the Gateway's cluster. */
export default (scope: Construct) => gatewayCluster(scope);
