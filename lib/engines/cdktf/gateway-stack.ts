import type { Late } from "../../api/declared/late.ts";
import type { Channel } from "../../api/index.ts";
import type { IgnoreRule } from "../../api/load/ignoring.ts";
import type { HostConstruct, ManifestHost } from "../../constructs/host.ts";
import { engineChecks } from "../check-declarations.ts";
import type { TerraformCdk } from "./engine.ts";
import { stackErrors } from "./findings.ts";
import { terraformHost } from "./host.ts";

export interface GatewayStackProps {
  /** Namespace of scopes that name none. By default none, and the provider refuses objects that need one. */
  readonly namespace?: Late<string>;
  /** Labels that every object gets; its own win. By default none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** By default `standard`: fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
  /** Findings about objects of this stack that are known and accepted. By default none. */
  readonly ignore?: readonly IgnoreRule[];
  /** By default true: an apply ends when classes and routes are accepted, Gateways programmed, workloads rolled out. */
  readonly wait?: boolean;
}

/** The host of a stack under either engine, with the whole check as the stack's validation. */
export function checkedHost(stack: HostConstruct, engine: TerraformCdk, props: GatewayStackProps): ManifestHost {
  const { channel = "standard", wait = true, ignore = [], ...options } = props;
  stack.node.addValidation({ validate: () => stackErrors(stack, engine, engineChecks[channel], ignore) });
  return terraformHost(stack, engine, { ...options, wait });
}
