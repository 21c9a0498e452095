import { App } from "cdk8s";
import { Gateway } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";
import { AcmeStore } from "./acme/store.js";

const app = new App();
const chart = new GatewayChart(app, "store", { namespace: "store", labels: { team: "store" } });
new AcmeStore(chart, "store", { gateway: Gateway.fromName("acme-external", { namespace: "edge" }) });
app.synth();
