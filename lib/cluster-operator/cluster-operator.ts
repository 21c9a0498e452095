import { Persona } from "../constructs/persona.ts";

/**
 * The scope of the cluster operator (Bob). It declares where traffic enters: Gateways, and optionally ListenerSets and
 * ReferenceGrants. Extend it for your own edge:
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
