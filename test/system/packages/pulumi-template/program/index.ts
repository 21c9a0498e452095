import * as k8s from "@pulumi/kubernetes";
import { GatewayComponent } from "gatewright/pulumi";
import acme from "./acme/acme.js";

const appLabels = { app: "nginx" };
const deployment = new k8s.apps.v1.Deployment("nginx", {
    spec: {
        selector: { matchLabels: appLabels },
        replicas: 1,
        template: {
            metadata: { labels: appLabels },
            spec: { containers: [{ name: "nginx", image: "nginx" }] }
        }
    }
});
export const name = deployment.metadata.name;

const gateways = new GatewayComponent("acme", { define: acme, timeoutSeconds: 300 }, { dependsOn: [deployment] });
export const url = gateways.addressOf(gateways.defined.edge.external).apply(address => `http://${address}`);
