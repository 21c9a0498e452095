// The program of main.ts for the fork, which has no prebuilt bindings: `cdktn get` generates such a provider class.
import { App, TerraformProvider } from "cdktn";
import { GatewayStack } from "gatewright/cdktn";
import { AcmeEdge } from "./acme/edge";
import { AcmeInfrastructure } from "./acme/infrastructure";
import { AcmeStore } from "./acme/store";

class KubernetesProvider extends TerraformProvider {}

const app = new App({ outdir: "cdktn.out" });
const stack = new GatewayStack(app, "acme");
new KubernetesProvider(stack, "kubernetes", {
  terraformResourceType: "kubernetes",
  terraformProviderSource: "hashicorp/kubernetes",
  terraformGeneratorMetadata: { providerName: "kubernetes", providerVersionConstraint: ">= 2.8.0" },
});
const infrastructure = new AcmeInfrastructure(stack, "infrastructure");
const edge = new AcmeEdge(stack, "edge", { gatewayClass: infrastructure.externalLb });
new AcmeStore(stack, "store", { gateway: edge.external, canary: 1 });
app.synth();
