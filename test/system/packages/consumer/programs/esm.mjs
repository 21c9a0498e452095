import { App, Testing } from "cdk8s";
import { ApplicationDeveloper, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";
import { defineFilter } from "gatewright/filters";
import { Canary } from "gatewright/patterns";
import { simulate } from "gatewright/testing";

const chart = new GatewayChart(new App(), "store");
const store = new ApplicationDeveloper(chart, "store", { namespace: "store" });
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
const backends = { stable: service("acme-store", 8080), canary: service("acme-store-canary", 8080) };
const route = new Canary(store, "acme-store", { parentRefs: [gateway], ...backends, steps: [0, 100], step: 0 });
// Every entry has the same classes.
if (!(route instanceof HTTPRoute)) throw new Error("gatewright/patterns is another package");
const filter = defineFilter({ group: "acme.io", kind: "Pass", request: () => undefined });
const traffic = simulate([], { filters: [filter] });
console.log(
  JSON.stringify({ manifests: Testing.synth(chart), simulate: typeof simulate, handle: typeof traffic.handle }),
);
