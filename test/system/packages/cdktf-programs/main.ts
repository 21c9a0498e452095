// This is how users of the CDK for Terraform write a program: prebuilt bindings of the provider beside our stack.
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { GatewayStack } from "gatewright/cdktf";
import { AcmeEdge } from "./acme/edge";
import { AcmeInfrastructure } from "./acme/infrastructure";
import { AcmeStore } from "./acme/store";

const app = new App({ outdir: "cdktf.out" });

const stack = new GatewayStack(app, "acme");
new KubernetesProvider(stack, "kubernetes", { configPath: "~/.kube/config" });
const infrastructure = new AcmeInfrastructure(stack, "infrastructure");
const edge = new AcmeEdge(stack, "edge", { gatewayClass: infrastructure.externalLb });
new AcmeStore(stack, "store", { gateway: edge.external, canary: 1 });
new TerraformOutput(stack, "gateway", { value: edge.external.name });

const genuine = new TerraformStack(app, "genuine");
new KubernetesProvider(genuine, "kubernetes", { configPath: "~/.kube/config" });
new Manifest(genuine, "external-lb", {
  manifest: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "external-lb" },
    spec: {
      controllerName: "acme.io/gateway-controller",
      parametersRef: { group: "k8s.acme.io", kind: "GatewayClassParams", name: "external-lb" },
    },
  },
  wait: { condition: [{ type: "Accepted", status: "True" }] },
});

app.synth();
