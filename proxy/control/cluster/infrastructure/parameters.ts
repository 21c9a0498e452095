import type { GatewayParametersSpec } from "../../../../lib/api/kinds/gateway-parameters.ts";

/** Settings of a Gateway's proxies: its class's, overridden by those of its own `infrastructure.parametersRef`. */
export interface Parameters {
  /** The number of proxies. Default: 2, so that one of them may fail. */
  readonly replicas: number;
  /** The image of the proxy. Default: the image of the controller. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly resources: Resources;
  readonly service: {
    /** Default: LoadBalancer. */
    readonly type: "LoadBalancer" | "NodePort" | "ClusterIP";
    readonly annotations?: Readonly<Record<string, string>>;
    /** `Local` preserves client addresses, and sends nothing to nodes without a proxy. Default: Cluster. */
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly loadBalancerClass?: string;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  /** Additional arguments of `gatewright proxy`, such as those for the access log and limits. */
  readonly arguments?: readonly string[];
  /** Seconds for which a proxy that is to end still receives new connections. Default: 10. */
  readonly drainDelay: number;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export const defaultParameters: Omit<Parameters, "image"> = {
  replicas: 2,
  // There is no CPU limit: throttling a proxy would slow down all of its clients.
  resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  service: { type: "LoadBalancer" },
  drainDelay: 10,
};

/** Overrides the controller's defaults with the settings of a Gateway and its class. */
export function withParameters(defaults: Parameters, given: GatewayParametersSpec = {}): Parameters {
  const { replicas = defaults.replicas, image = defaults.image, resources, service, accessLog, limits } = given;
  const underscores = given.headerUnderscores === undefined ? [] : ["--header-underscores", given.headerUnderscores];
  return {
    ...defaults,
    replicas,
    image,
    resources: withResources(defaults.resources, resources),
    service: { ...defaults.service, ...service },
    arguments: [
      ...(defaults.arguments ?? []),
      ...accessLogArguments(accessLog),
      ...underscores,
      ...limitArguments(limits),
    ],
  };
}

/**
 * Merges resources. Memory stays limited, and a default is adjusted where a request would exceed its limit, which the
 * API server refuses.
 */
function withResources(defaults: Resources, given: Resources = {}): Resources {
  const requests = { ...defaults.requests, ...given.requests };
  const limits = { ...defaults.limits, ...given.limits };
  for (const [resource, limit] of Object.entries(defaults.limits ?? {})) {
    const request = requests[resource];
    const isGiven = given.limits?.[resource] !== undefined;
    if (!isGiven && request !== undefined && amountOf(request) > amountOf(limit)) limits[resource] = request;
  }
  for (const [resource, request] of Object.entries(defaults.requests ?? {})) {
    const limit = limits[resource];
    const isGiven = given.requests?.[resource] !== undefined;
    if (!isGiven && limit !== undefined && amountOf(request) > amountOf(limit)) requests[resource] = limit;
  }
  return { requests, limits };
}

const units: Readonly<Record<string, number>> = {
  ...{ "": 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** Parses a resource.Quantity of a form that the schema of GatewayParameters admits. */
function amountOf(quantity: string): number {
  const [, amount = "0", unit = ""] = /^([0-9.]+)(\D*)$/.exec(quantity) ?? [];
  return Number(amount) * (units[unit] ?? 1);
}

function accessLogArguments(accessLog: GatewayParametersSpec["accessLog"]): readonly string[] {
  if (accessLog === undefined || accessLog.enabled === false) return [];
  const { query = false, headers = [], sampling } = accessLog;
  return [
    ...["--access-log", "-"],
    ...(query ? ["--access-log-query"] : []),
    ...headers.flatMap((name) => ["--access-log-header", name]),
    ...(sampling === undefined
      ? []
      : ["--access-log-status", String(sampling.below), "--access-log-share", decimal(sampling.share)]),
  ];
}

/** Prints a number without an exponent, which the command does not accept. */
function decimal(share: number): string {
  return share.toFixed(12).replace(/\.?0+$/, "");
}

/** Returns the arguments in the order of their names, so that equal settings make equal pod templates. */
function limitArguments(limits: GatewayParametersSpec["limits"] = {}): readonly string[] {
  return Object.entries(limits)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, value]) => ["--limit", `${name}=${value}`]);
}
