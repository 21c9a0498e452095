import { App } from "cdk8s";
import { GatewayChart } from "gatewright/cdk8s";
import { everyCluster, gatewayCluster } from "./acme.ts";

/** An app for each cluster: what is checked together is applied together. */
for (const [cluster, define] of [
  ["c1", gatewayCluster],
  ["c2", everyCluster],
] as const) {
  const app = new App({ outdir: `${process.env.CDK8S_OUTDIR ?? "dist"}/${cluster}` });
  define(new GatewayChart(app, "acme"), cluster);
  app.synth();
}
