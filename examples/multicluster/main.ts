import { App } from "cdk8s";
import { GatewayChart } from "gatewright/cdk8s";
import { everyCluster, gatewayCluster } from "./acme.ts";

/** One app for each cluster, because an app's objects are checked and applied together. */
for (const [cluster, define] of [
  ["c1", gatewayCluster],
  ["c2", everyCluster],
] as const) {
  const app = new App({ outdir: `${process.env.CDK8S_OUTDIR ?? "dist"}/${cluster}` });
  define(new GatewayChart(app, "acme"), cluster);
  app.synth();
}
