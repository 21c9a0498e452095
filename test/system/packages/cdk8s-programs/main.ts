import { App } from "cdk8s";
import type { Construct } from "constructs";
import { GatewayChart } from "gatewright/cdk8s";
import { AcmeEdge } from "./acme/edge";
import { AcmeInfrastructure } from "./acme/infrastructure";
import { AcmeStore } from "./acme/store";

export class AcmeChart extends GatewayChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { labels: { company: "acme" } });
    const infrastructure = new AcmeInfrastructure(this, "infrastructure");
    const edge = new AcmeEdge(this, "edge", { gatewayClass: infrastructure.externalLb });
    new AcmeStore(this, "store", { gateway: edge.external, canary: 1 });
  }
}

const app = new App();
new AcmeChart(app, "acme");
app.synth();
