import { App } from "cdk8s";
import { Gateway } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";
import { AcmeStore } from "../acme/store.ts";

// Carol's part alone, in her own cdk8s app. Bob declares the Gateway in another repository.
const app = new App();
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
new AcmeStore(new GatewayChart(app, "store"), "store", { gateway, canary: 1 });
app.synth();
