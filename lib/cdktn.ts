import * as engine from "cdktn";
import { TerraformStack } from "cdktn";
import type { Construct } from "constructs";
import { HOST, type ManifestHost } from "./constructs/host.ts";
import { checkedHost, type GatewayStackProps } from "./engines/cdktf/gateway-stack.ts";

export type { GatewayStackProps } from "./engines/cdktf/gateway-stack.ts";

/**
 * A TerraformStack under `cdktn` that writes the constructs of this package as `kubernetes_manifest`. It may contain
 * persona scopes and any other constructs, and needs a construct of the Kubernetes provider. `app.synth()` checks all
 * objects of the app, schema and handshake. Errors are the engine's validation errors, with the path of the construct.
 * gatewright/cdktf is the equivalent for `cdktf`, which `cdktn` is a fork of.
 *
 * `kubernetes_manifest` needs an object's CRD when it plans, so put CRDs into a separate stack.
 */
export class GatewayStack extends TerraformStack {
  readonly [HOST]: ManifestHost;

  constructor(scope: Construct, id: string, props: GatewayStackProps = {}) {
    super(scope, id);
    this[HOST] = checkedHost(this, engine, props);
  }
}
