import { App } from "cdk8s";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";

const app = new App();
const chart = new GatewayChart(app, "acme");
const edge = new ClusterOperator(chart, "edge", { namespace: "edge" });
const gateway = new Gateway(edge, "closed", {
  gatewayClassName: "external-lb",
  listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
});
const store = new ApplicationDeveloper(chart, "store", { namespace: "store" });
new HTTPRoute(store, "refused", {
  parentRefs: [gateway],
  rules: [{ backendRefs: [service("acme-store", 8080)] }],
});
new HTTPRoute(store, "malformed", {
  parentRefs: [gateway],
  rules: [{ backendRefs: [service("acme-store", 80800)] }],
});
app.synth();
