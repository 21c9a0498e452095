import type { Late } from "../../api/declared/late.ts";
import type { Channel } from "../../api/index.ts";
import type { IgnoreRule } from "../../api/load/ignoring.ts";
import type { HostConstruct, ManifestHost } from "../../constructs/host.ts";
import { engineChecks } from "../check-declarations.ts";
import type { TerraformCdk } from "./engine.ts";
import { stackErrors } from "./findings.ts";
import { terraformHost } from "./host.ts";

export interface GatewayStackProps {
  /** Namespace of objects whose scope names none. Default: none, and the provider refuses objects that need one. */
  readonly namespace?: Late<string>;
  /** Labels that every object gets. Labels of the object itself win. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: `standard`, so fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
  /** Findings about objects of this stack to ignore. Default: none. */
  readonly ignore?: readonly IgnoreRule[];
  /** An apply waits until classes and routes are accepted, Gateways programmed, workloads rolled out. Default: true. */
  readonly wait?: boolean;
}

/** Returns the host of a stack under either engine, and adds the full check as a validation of the stack. */
export function checkedHost(stack: HostConstruct, engine: TerraformCdk, props: GatewayStackProps): ManifestHost {
  const { channel = "standard", wait = true, ignore = [], ...options } = props;
  stack.node.addValidation({ validate: () => stackErrors(stack, engine, engineChecks[channel], ignore) });
  return terraformHost(stack, engine, { ...options, wait });
}
