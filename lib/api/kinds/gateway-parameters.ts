import { z } from "zod";
import { list, longest } from "../schema/schema.ts";
import { labelKey } from "./fields.ts";
import { kindSchema } from "./object.ts";

/** The API group of Gatewright's own kinds. */
export const parametersGroup = "gatewright.dev";

/**
 * Settings for the proxies that Gatewright's controller creates for a Gateway. `parametersRef` of a GatewayClass and
 * `infrastructure.parametersRef` of a Gateway refer to them. A field of the Gateway's settings overrides the class's.
 */
export interface GatewayParametersSpec {
  /** The number of proxies per Gateway, 1 to 1000. Default: 2, so that one can be replaced. */
  readonly replicas?: number;
  /** The image of the proxies. Default: the controller's image. */
  readonly image?: string;
  /** Resources of each proxy. Default: requests of 10m CPU and 128Mi, and a memory limit of 512Mi. */
  readonly resources?: ProxyResources;
  readonly service?: ProxyService;
  /** The access log, one JSON line per request on the proxies' standard output. Default: disabled. */
  readonly accessLog?: ProxyAccessLog;
  /**
   * The treatment of request headers with an underscore in their names: forward them, drop them, or answer 400.
   * Default: `allow`.
   */
  readonly headerUnderscores?: "allow" | "drop" | "refuse";
  /** Limits of the proxies by name, in bytes, milliseconds or as counts. Default: the proxy's defaults. */
  readonly limits?: { readonly [Name in ProxyLimit]?: number };
}

/** Kubernetes quantities by resource name, such as `cpu: 500m` and `memory: 1Gi`. */
export interface ProxyResources {
  /** Requested resources. The proxy runs one worker thread per requested CPU, rounded up. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** The Service in front of the proxies. */
export interface ProxyService {
  /** The Service's type. Default: `LoadBalancer`. */
  readonly type?: "LoadBalancer" | "NodePort" | "ClusterIP";
  /** Annotations in addition to those of the Gateway's `infrastructure`, for example for a cloud's load balancer. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** `Local` preserves client addresses and sends traffic only to nodes with a proxy. Default: `Cluster`. */
  readonly externalTrafficPolicy?: "Cluster" | "Local";
  /** The load balancer implementation. Default: the cluster's choice. */
  readonly loadBalancerClass?: string;
}

export interface ProxyAccessLog {
  /** If false, no access log is written. Default: true. */
  readonly enabled?: boolean;
  /** If true, the log contains query strings. Default: false. */
  readonly query?: boolean;
  /** Names of request headers to log, at most 16. Default: none. */
  readonly headers?: readonly string[];
  /** The sampling of the log. Default: all requests are logged. */
  readonly sampling?: {
    /** The status, 100 to 599, from which on all requests are logged. */
    readonly below: number;
    /** The share of other requests that is logged, 0 to 1. */
    readonly share: number;
  };
}

/** The names of the proxy's limits (`gatewright proxy --limit`). docs/proxy.md describes each. */
export const proxyLimits = [
  "targetBytes",
  "headBytes",
  "headFields",
  "framingBytes",
  "interimResponses",
  "discardedBody",
  "bodyBytes",
  "connections",
  "addressConnections",
  "requests",
  "memoryPercent",
  "loopDelay",
  "addressShare",
  "connectionShare",
  "endpointConnections",
  "upstreamConnections",
  "endpointStreams",
  "endpointPing",
  "endpointPingTimeout",
  "endpointQueue",
  "http2Streams",
  "http2ResetBurst",
  "http2ResetRate",
  "http2SessionMemory",
  "handshakeTimeout",
  "proxyHeaderBytes",
  "clientHelloBytes",
  "headTimeout",
  "idleTimeout",
  "bodyIdleTimeout",
  "bodyRate",
  "contendedBodyRate",
  "bodyRatePeriod",
  "writeTimeout",
  "connectTimeout",
  "responseTimeout",
  "responseIdleTimeout",
  "responseBuffer",
  "upstreamIdleTimeout",
  "tunnelIdleTimeout",
  "callIdleTimeout",
  "lingerTimeout",
  "filterTimeout",
  "filteredBody",
  "retryBody",
  "mirrorBuffer",
  "mirrors",
  "mirrorTimeout",
  "accessLogBuffer",
] as const;

export type ProxyLimit = (typeof proxyLimits)[number];

/** A resource.Quantity, restricted to forms that pod resources use. */
const quantity = /^[0-9]{1,12}(\.[0-9]{1,9})?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;
const resourceName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** A field name by RFC 9110 section 5.1. */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const quantities = () => z.record(z.string().regex(resourceName), z.string().regex(quantity));
const limit = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
type LimitShape = { [Name in ProxyLimit]: ReturnType<typeof limit> };

export const gatewayParametersSpec = () =>
  z.strictObject({
    replicas: z.int32().min(1).max(1000).optional(),
    image: z
      .string()
      .min(1)
      .check(longest(512))
      .regex(/^[^\s]+$/)
      .optional(),
    resources: z.strictObject({ requests: quantities().optional(), limits: quantities().optional() }).optional(),
    service: z
      .strictObject({
        type: z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).optional(),
        annotations: z.record(z.string().regex(labelKey), z.string()).optional(),
        externalTrafficPolicy: z.enum(["Cluster", "Local"]).optional(),
        loadBalancerClass: z.string().min(1).check(longest(253)).regex(labelKey).optional(),
      })
      .optional(),
    accessLog: z
      .strictObject({
        enabled: z.boolean().optional(),
        query: z.boolean().optional(),
        headers: list(z.string().min(1).check(longest(256)).regex(fieldName), { max: 16 }).optional(),
        sampling: z.strictObject({ below: z.int().min(100).max(599), share: z.number().min(0).max(1) }).optional(),
      })
      .optional(),
    headerUnderscores: z.enum(["allow", "drop", "refuse"]).optional(),
    limits: z.strictObject(Object.fromEntries(proxyLimits.map((name) => [name, limit()])) as LimitShape).optional(),
  });

/** A missing spec counts as empty: it is missing once every field owner of server-side apply has removed its fields. */
export const gatewayParameters = () =>
  kindSchema("gatewright.dev/v1alpha1", "GatewayParameters", gatewayParametersSpec().default({}));

/** A valid GatewayParameters. */
export type GatewayParameters = z.output<ReturnType<typeof gatewayParameters>>;
