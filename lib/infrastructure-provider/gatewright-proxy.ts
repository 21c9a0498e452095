import { Construct } from "constructs";
import { supportedFeatureNames } from "../api/kinds/supported-features.ts";
import { scopeOf } from "../constructs/persona.ts";
import type { IGatewayClass } from "./gateway-class.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";
import { installationObjects } from "./installation/objects.ts";
import { completeSettings, type InstallationSettings } from "./installation/settings.ts";
import { InstalledObject } from "./installed-object.ts";

export type { ContainerResources, InstallationSettings } from "./installation/settings.ts";

/** The settings of an installation of Gatewright's controller and proxy. */
export interface GatewrightProxyProps extends InstallationSettings {}

/**
 * Installs Gatewright's own controller, which creates proxies for each Gateway of its class. The installation consists
 * of a namespace, the minimal rights, a Deployment, the Service by which proxies find the controller, and a
 * GatewayClass.
 *
 * ```ts
 * readonly proxy = new GatewrightProxy(this, "gatewright", { replicas: 2 });
 * // in the cluster operator's scope:
 * // new Gateway(this, "external", { gatewayClassName: proxy.gatewayClass, … })
 * ```
 */
export class GatewrightProxy extends Construct {
  /** The GatewayClass of the controller, for `gatewayClassName` of Gateways. */
  readonly gatewayClass: IGatewayClass;

  constructor(scope: InfrastructureProvider, id: string, props: GatewrightProxyProps = {}) {
    super(scopeOf(scope, ["InfrastructureProvider"], "GatewrightProxy", id), id);
    const { gatewayClassName, controllerName } = completeSettings(props);
    const offer = { controllerName, features: supportedFeatureNames };
    this.gatewayClass = { kind: "GatewayClass", name: gatewayClassName, offer };
    for (const object of installationObjects(props)) {
      new InstalledObject(this, `${object.kind.toLowerCase()}-${object.metadata.name}`, object);
    }
  }
}
