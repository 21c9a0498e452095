import { App } from "cdk8s";
import { GatewayChart } from "gatewright/cdk8s";
import orders from "./orders";

const app = new App();
orders(new GatewayChart(app, "orders"));
app.synth();
