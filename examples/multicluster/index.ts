import * as k8s from "@pulumi/kubernetes";
import { Config } from "@pulumi/pulumi";
import { GatewayComponent } from "gatewright/pulumi";
import { everyCluster, gatewayCluster } from "./acme.ts";
import { clusters } from "./store.ts";

/** One component for each cluster. The provider uses the kubeconfig context with the cluster's name. */
export const components = clusters.map((cluster) => {
  const context = new Config("acme").get(cluster) ?? cluster;
  const provider = new k8s.Provider(cluster, { context });
  const define = cluster === clusters[0] ? gatewayCluster : everyCluster;
  return new GatewayComponent(cluster, { define: (scope) => define(scope, cluster) }, { provider });
});
