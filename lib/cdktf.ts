import * as engine from "cdktf";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Channel } from "./api/index.ts";
import type { Late } from "./api/late.ts";
import { engineChecks } from "./engine-check.ts";
import { HOST, type ManifestHost } from "./persona/host.ts";
import { stackErrors } from "./targets/cdktf/findings.ts";
import { terraformHost } from "./targets/cdktf/host.ts";

export interface GatewayStackProps {
  /** Namespace of scopes that name none. By default none, and the provider refuses objects that need one. */
  readonly namespace?: Late<string>;
  /** Labels that every object gets; its own win. By default none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** By default `standard`: fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
  /** By default true: an apply ends when classes and routes are accepted, Gateways programmed, workloads rolled out. */
  readonly wait?: boolean;
}

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
    const { channel = "standard", wait = true, ...options } = props;
    this[HOST] = terraformHost(this, engine, { ...options, wait });
    this.node.addValidation({ validate: () => stackErrors(this, engine, engineChecks[channel]) });
  }
}
