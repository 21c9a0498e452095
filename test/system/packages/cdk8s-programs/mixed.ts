import { ApiObject, App, Chart } from "cdk8s";
import { Service } from "cdk8s-plus-33";
import { ApplicationDeveloper, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";

const app = new App();
const chart = new GatewayChart(app, "mixed");
const store = new Service(chart, "store", { metadata: { name: "store" }, ports: [{ port: 8080 }] });
new HTTPRoute(new ApplicationDeveloper(chart, "carol"), "route", {
  parentRefs: [Gateway.fromName("external", { namespace: "edge" })],
  rules: [{ backendRefs: [{ ...service(store), weight: 9 }] }],
});
// This chart does not use Gatewright.
new ApiObject(new Chart(app, "plain"), "plain", {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  spec: { rules: [{ backendRefs: [{ name: "a", port: Number(process.argv[2]) }] }] },
});
app.synth();
