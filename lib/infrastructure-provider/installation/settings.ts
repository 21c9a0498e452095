import { ownControllerName } from "../../api/kinds/own-controller.ts";

/** The settings of an installation of the controller and its proxies. Every field has a default. */
export interface InstallationSettings {
  /** Namespace of the controller, which the installation creates. Default: `gatewright-system`. */
  readonly namespace?: string;
  /** Image of both controller and proxies. Default: the image of this version of the package. */
  readonly image?: string;
  /** Pull policy of the image. Default: Kubernetes' default for the tag. */
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /** GatewayClasses with this controllerName are served. Default: `gatewright.dev/gateway-controller`. */
  readonly controllerName?: string;
  /** Name of the GatewayClass to create. Default: `gatewright`. */
  readonly gatewayClassName?: string;
  /** Number of controller replicas, of which one leads. Default: 2. */
  readonly replicas?: number;
  /** Resources of the controller. Default: requests of 100m CPU and 256Mi memory, and a limit of 1Gi memory. */
  readonly resources?: ContainerResources;
}

/** The `resources` of a container (core/v1). */
export interface ContainerResources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export type CompleteSettings = Required<Omit<InstallationSettings, "imagePullPolicy">> &
  Pick<InstallationSettings, "imagePullPolicy">;

/** Version of the package and of the matching image. */
export const version = "0.1.0";

const defaultNamespace = "gatewright-system";

/**
 * Returns the name of an installation's cluster-scoped objects. Outside the default namespace the name contains the
 * namespace, so that several installations do not overwrite each other's rights.
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
