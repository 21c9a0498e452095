const { App, Testing } = require("cdk8s");
const { ApplicationDeveloper, Gateway, HTTPRoute, service } = require("gatewright");
const { GatewayChart } = require("gatewright/cdk8s");
const { simulate } = require("gatewright/testing");

const chart = new GatewayChart(new App(), "store");
const store = new ApplicationDeveloper(chart, "store", { namespace: "store" });
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
new HTTPRoute(store, "acme-store", { parentRefs: [gateway], rules: [{ backendRefs: [service("acme-store", 8080)] }] });
console.log(JSON.stringify({ manifests: Testing.synth(chart), simulate: typeof simulate }));
