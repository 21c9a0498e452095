import { Construct } from "constructs";
import { crdVersion } from "../api/load/crd-version.ts";
import type { Channel } from "../api/schema/schema.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import { scopeOf } from "../constructs/persona.ts";
import { crdObjects } from "./crds/published.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";
import { InstalledObject } from "./installed-object.ts";

export interface GatewayApiCrdsProps {
  /** The release of the Gateway API. By default the one that this package checks against, `v1.7.0`; there is no other. */
  readonly version?: string;
  /** By default `standard`. `experimental` has more fields and kinds, of which any may change or go. */
  readonly channel?: Channel;
  /**
   * Whether the policy comes along that the Gateway API publishes with its CRDs: an API server that has it refuses CRDs of
   * the experimental channel over those of the standard one, and older ones over newer. By default it does.
   */
  readonly safeUpgrades?: boolean;
}

/**
 * The CRDs of the Gateway API, as it publishes them, for clusters whose provider does not install them.
 *
 * ```ts
 * new GatewayApiCrds(this, "crds", { version: "v1.7.0", channel: "standard" });
 * ```
 *
 * A cluster has them once: who deletes them deletes every object of their kinds with them, in all namespaces. Pulumi
 * therefore keeps them when the stack goes. Throws a DeclarationError for a version or a channel that there is not.
 */
export class GatewayApiCrds extends Construct {
  readonly version: string;
  readonly channel: Channel;

  constructor(scope: InfrastructureProvider, id: string, props: GatewayApiCrdsProps = {}) {
    super(scopeOf(scope, ["InfrastructureProvider"], "GatewayApiCrds", id), id);
    const { version = crdVersion, channel = "standard", safeUpgrades = true } = props;
    if (version !== crdVersion) {
      throw new DeclarationError(
        pathOf(this),
        `version takes ${crdVersion}, but got ${version}. Other releases are not in this package.`,
      );
    }
    if (channel !== "standard" && channel !== "experimental") {
      throw new DeclarationError(pathOf(this), `channel takes standard or experimental, but got ${String(channel)}.`);
    }
    this.version = version;
    this.channel = channel;
    for (const object of crdObjects(channel, safeUpgrades)) {
      const { kind, metadata } = object;
      // The policy and what binds it have one name.
      const id = kind === "CustomResourceDefinition" ? metadata.name : `${kind.toLowerCase()}-${metadata.name}`;
      new InstalledObject(this, id, object);
    }
  }
}
