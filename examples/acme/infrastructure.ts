import { GatewayClass, InfrastructureProvider } from "gatewright";

/** Alice's part: what the clusters of Acme offer. */
export class AcmeInfrastructure extends InfrastructureProvider {
  readonly externalLb = new GatewayClass(this, "external-lb", {
    controllerName: "acme.io/gateway-controller",
    parametersRef: { group: "k8s.acme.io", kind: "GatewayClassParams", name: "external-lb" },
  });
}
