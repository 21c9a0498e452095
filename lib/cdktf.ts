import * as engine from "cdktf";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HOST, type ManifestHost } from "./constructs/host.ts";
import { checkedHost, type GatewayStackProps } from "./engines/cdktf/gateway-stack.ts";

export type { GatewayStackProps } from "./engines/cdktf/gateway-stack.ts";

/**
 * A TerraformStack of `kubernetes_manifest` for the constructs of this package, under `cdktf`. Persona scopes nest in it,
 * beside any other constructs; a construct of the Kubernetes provider has to be among them. At `app.synth()` all objects
 * of the app are checked, schema and handshake; errors are the engine's validation errors, with the path of the construct.
 * gatewright/cdktn has the same for its fork.
 *
 * `kubernetes_manifest` needs an object's CRD when it plans: CRDs belong to a stack of their own.
 */
export class GatewayStack extends TerraformStack {
  readonly [HOST]: ManifestHost;

  constructor(scope: Construct, id: string, props: GatewayStackProps = {}) {
    super(scope, id);
    this[HOST] = checkedHost(this, engine, props);
  }
}
