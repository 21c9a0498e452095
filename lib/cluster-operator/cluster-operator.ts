import { Persona } from "../constructs/persona.ts";

/**
 * Bob's scope: where traffic enters. Gateways belong here; ListenerSets and ReferenceGrants may. Extend it for your own
 * edge:
 *
 * ```ts
 * export class AcmeEdge extends ClusterOperator {
 *   constructor(scope: Construct, id: string, props: { gatewayClass: IGatewayClass }) {
 *     super(scope, id, { namespace: "edge" });
 *     new Gateway(this, "acme-external", { gatewayClassName: props.gatewayClass, listeners: [ … ] });
 *   }
 * }
 * ```
 */
export class ClusterOperator extends Persona<"ClusterOperator"> {
  override get persona(): "ClusterOperator" {
    return "ClusterOperator";
  }
}
