import { Persona } from "../constructs/persona.ts";

/**
 * Alice's scope: what a cluster offers. GatewayClasses belong here. Extend it for your own infrastructure:
 *
 * ```ts
 * export class AcmeInfrastructure extends InfrastructureProvider {
 *   readonly externalLb = new GatewayClass(this, "external-lb", { controllerName: "acme.io/gateway-controller" });
 * }
 * ```
 */
export class InfrastructureProvider extends Persona<"InfrastructureProvider"> {
  override get persona(): "InfrastructureProvider" {
    return "InfrastructureProvider";
  }
}
