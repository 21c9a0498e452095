import { Construct } from "constructs";
import { crdVersion } from "../api/load/crd-version.ts";
import type { Channel } from "../api/schema/schema.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import { scopeOf } from "../constructs/persona.ts";
import { crdObjects } from "./crds/published.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";
import { InstalledObject } from "./installed-object.ts";

export interface GatewayApiCrdsProps {
  /** The release of the Gateway API. Default, and the only release that this package contains: `v1.7.0`. */
  readonly version?: string;
  /** Default: `standard`. The `experimental` channel has more fields and kinds, which may change or be removed. */
  readonly channel?: Channel;
  /**
   * Adds the policy that the Gateway API publishes with its CRDs. It makes an API server refuse CRDs of the
   * experimental channel over those of the standard channel, and older CRDs over newer ones. Default: true.
   */
  readonly safeUpgrades?: boolean;
}

/**
 * The published CRDs of the Gateway API, for clusters whose provider does not install them.
 *
 * ```ts
 * new GatewayApiCrds(this, "crds", { version: "v1.7.0", channel: "standard" });
 * ```
 *
 * A cluster has one set of these CRDs. Deleting them deletes every object of their kinds in all namespaces, so Pulumi
 * keeps them when the stack is destroyed. Throws a DeclarationError for an unknown version or channel.
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
      // The policy and its binding have the same name, so the kind is part of the id.
      const id = kind === "CustomResourceDefinition" ? metadata.name : `${kind.toLowerCase()}-${metadata.name}`;
      new InstalledObject(this, id, object);
    }
  }
}
