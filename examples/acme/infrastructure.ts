import { GatewayClass, InfrastructureProvider } from "gatewright";

/** The infrastructure provider's part (Alice): what Acme's clusters offer. */
export class AcmeInfrastructure extends InfrastructureProvider {
  readonly externalLb = new GatewayClass(this, "external-lb", {
    controllerName: "acme.io/gateway-controller",
    parametersRef: { group: "k8s.acme.io", kind: "GatewayClassParams", name: "external-lb" },
  });
}
