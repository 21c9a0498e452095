import { App, Testing } from "cdk8s";
import { ApplicationDeveloper, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";
import { defineFilter } from "gatewright/filters";
import { simulate } from "gatewright/testing";

const chart = new GatewayChart(new App(), "store");
const store = new ApplicationDeveloper(chart, "store", { namespace: "store" });
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
new HTTPRoute(store, "acme-store", { parentRefs: [gateway], rules: [{ backendRefs: [service("acme-store", 8080)] }] });
const filter = defineFilter({ group: "acme.io", kind: "Pass", request: () => undefined });
const traffic = simulate([], { filters: [filter] });
console.log(
  JSON.stringify({ manifests: Testing.synth(chart), simulate: typeof simulate, handle: typeof traffic.handle }),
);
