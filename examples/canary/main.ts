import { App } from "cdk8s";
import { Gateway } from "gatewright";
import { GatewayChart } from "gatewright/cdk8s";
import { AcmeStore } from "./store.ts";

/** `CANARY_STEP=2 npx cdk8s synth` moves the rollout a step further. */
const app = new App();
const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
new AcmeStore(new GatewayChart(app, "store"), "store", { gateway, step: Number(process.env.CANARY_STEP ?? 1) });
app.synth();
