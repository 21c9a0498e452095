import { Construct } from "constructs";
import { supportedFeatureNames } from "../api/kinds/supported-features.ts";
import { scopeOf } from "../constructs/persona.ts";
import type { IGatewayClass } from "./gateway-class.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";
import { installationObjects } from "./installation/objects.ts";
import { completeSettings, type InstallationSettings } from "./installation/settings.ts";
import { InstalledObject } from "./installed-object.ts";

export type { ContainerResources, InstallationSettings } from "./installation/settings.ts";

/** How Gatewright's own controller and proxy are installed. */
export interface GatewrightProxyProps extends InstallationSettings {}

/**
 * Gatewright's own controller, and with it the proxies that it makes for each Gateway of its class: a namespace, the
 * rights it uses and no more, its Deployment, what proxies find it by, and a GatewayClass.
 *
 * ```ts
 * readonly proxy = new GatewrightProxy(this, "gatewright", { replicas: 2 });
 * // in Bob's scope: new Gateway(this, "external", { gatewayClassName: proxy.gatewayClass, … })
 * ```
 */
export class GatewrightProxy extends Construct {
  /** The class that it serves: what Gateways name. */
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
