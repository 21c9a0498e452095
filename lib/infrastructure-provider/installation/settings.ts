import { ownControllerName } from "../../api/kinds/own-controller.ts";

/** How the controller and the proxies are installed. Every field has a default. */
export interface InstallationSettings {
  /** Where the controller runs. It is made as well. Default: `gatewright-system`. */
  readonly namespace?: string;
  /** Of controller and proxies: one image for both. Default: that of this version of the package. */
  readonly image?: string;
  /** When nodes pull the image. Default: Kubernetes' own, by the tag. */
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /** GatewayClasses with this controller are served. Default: `gatewright.dev/gateway-controller`. */
  readonly controllerName?: string;
  /** Name of the GatewayClass that is made. Default: `gatewright`. */
  readonly gatewayClassName?: string;
  /** Controllers, of which one leads. Default: 2. */
  readonly replicas?: number;
  /** Of the controller. Default: 100m CPU and 256Mi memory asked for, 1Gi memory at most. */
  readonly resources?: ContainerResources;
}

/** As in a container's `resources` (core/v1). */
export interface ContainerResources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export type CompleteSettings = Required<Omit<InstallationSettings, "imagePullPolicy">> &
  Pick<InstallationSettings, "imagePullPolicy">;

/** Version of the package, and of the image that goes with it. */
export const version = "0.1.0";

const defaultNamespace = "gatewright-system";

/**
 * The name of what an installation has in the whole cluster: that of its controller, with the namespace where that is not
 * the usual one, so that several installations do not take each other's rights away.
 */
export function clusterName(namespace: string): string {
  return namespace === defaultNamespace ? "gatewright-controller" : `gatewright-controller-${namespace}`;
}

export function completeSettings(settings: InstallationSettings): CompleteSettings {
  return {
    namespace: defaultNamespace,
    image: `gatewright/gatewright:${version}`,
    controllerName: ownControllerName,
    gatewayClassName: "gatewright",
    replicas: 2,
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    ...settings,
  };
}
