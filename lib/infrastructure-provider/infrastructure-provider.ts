import { Persona } from "../constructs/persona.ts";

/**
 * The scope of the infrastructure provider (Alice). It declares what a cluster offers, such as GatewayClasses. Extend
 * it for your own infrastructure:
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
