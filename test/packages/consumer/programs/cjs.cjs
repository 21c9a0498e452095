const { App, Testing } = require("cdk8s");
const { ApplicationDeveloper, Gateway, HTTPRoute, service } = require("gatewright");
const { GatewayChart } = require("gatewright/cdk8s");
const { defineFilter } = require("gatewright/filters");
const { simulate } = require("gatewright/testing");

const chart = new GatewayChart(new App(), "store");
const store = new ApplicationDeveloper(chart, "store", { namespace: "store" });
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
new HTTPRoute(store, "acme-store", { parentRefs: [gateway], rules: [{ backendRefs: [service("acme-store", 8080)] }] });
const filter = defineFilter({ group: "acme.io", kind: "Pass", request: () => undefined });
const traffic = simulate([], { filters: [filter] });
console.log(
  JSON.stringify({ manifests: Testing.synth(chart), simulate: typeof simulate, handle: typeof traffic.handle }),
);
