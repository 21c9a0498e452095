import type { GatewayParametersSpec } from "../../../../lib/api/kinds/gateway-parameters.ts";

/** Settings of a Gateway's proxies: those of its class, then those of its own `infrastructure.parametersRef` over them. */
export interface Parameters {
  /** Proxies. Default: 2, so that one may go. */
  readonly replicas: number;
  /** The image of the proxy. Default: that of the controller. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly resources: Resources;
  readonly service: {
    /** Default: LoadBalancer. */
    readonly type: "LoadBalancer" | "NodePort" | "ClusterIP";
    readonly annotations?: Readonly<Record<string, string>>;
    /** `Local` keeps the addresses of clients, and sends nothing to nodes without a proxy. Default: Cluster. */
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly loadBalancerClass?: string;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  /** Further arguments of `gatewright proxy`, such as those of its access log and its limits. */
  readonly arguments?: readonly string[];
  /** Seconds for which a proxy that is to end is still sent new connections. Default: 10. */
  readonly drainDelay: number;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export const defaultParameters: Omit<Parameters, "image"> = {
  replicas: 2,
  // No limit of CPU: a proxy that is throttled is slow for everybody.
  resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  service: { type: "LoadBalancer" },
  drainDelay: 10,
};

/** The settings that a Gateway and its class give, over those that the controller gives to every Gateway. */
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

/** Memory stays limited, and the API server refuses a pod that asks for more than its limit. */
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

/** A resource.Quantity as the schema of GatewayParameters admits it. */
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

/** Without an exponent, which the command does not read. */
function decimal(share: number): string {
  return share.toFixed(12).replace(/\.?0+$/, "");
}

/** In the order of names, so that the same settings make the same pods. */
function limitArguments(limits: GatewayParametersSpec["limits"] = {}): readonly string[] {
  return Object.entries(limits)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, value]) => ["--limit", `${name}=${value}`]);
}
