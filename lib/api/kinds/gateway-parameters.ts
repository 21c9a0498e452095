import { z } from "zod";
import { list, longest } from "../schema/schema.ts";
import { labelKey } from "./fields.ts";
import { kindSchema } from "./object.ts";

/** The group of kinds that are this project's own. */
export const parametersGroup = "gatewright.dev";

/**
 * Settings of the proxies that Gatewright's controller makes for a Gateway: what `parametersRef` of its class and of
 * the Gateway itself (`infrastructure.parametersRef`) lead to. The class's are defaults; of a field that both set, the
 * Gateway's counts.
 */
export interface GatewayParametersSpec {
  /** Proxies of a Gateway, 1 to 1000. By default 2, so that one may go. */
  readonly replicas?: number;
  /** The image of the proxies. By default that of the controller. */
  readonly image?: string;
  /** Of each proxy. By default 10m CPU and 128Mi are asked for, and memory is limited to 512Mi. */
  readonly resources?: ProxyResources;
  readonly service?: ProxyService;
  /** A line of JSON about each request, on standard output of the proxies. By default none is written. */
  readonly accessLog?: ProxyAccessLog;
  /**
   * What is done about header fields of requests whose names have an underscore: they are forwarded, left out, or the
   * request is answered 400. By default `allow`.
   */
  readonly headerUnderscores?: "allow" | "drop" | "refuse";
  /** Limits of the proxies, by their names: bytes, milliseconds or numbers. By default the proxy's own. */
  readonly limits?: { readonly [Name in ProxyLimit]?: number };
}

/** Quantities of Kubernetes by resource, such as `cpu: 500m` and `memory: 1Gi`. */
export interface ProxyResources {
  /** The proxy has a worker thread for each processor, rounded up. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** The Service before the proxies. */
export interface ProxyService {
  /** By default `LoadBalancer`. */
  readonly type?: "LoadBalancer" | "NodePort" | "ClusterIP";
  /** Beside those of the Gateway's `infrastructure`, such as what a cloud's load balancers are set up with. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** `Local` keeps the addresses of clients, and sends nothing to nodes without a proxy. By default `Cluster`. */
  readonly externalTrafficPolicy?: "Cluster" | "Local";
  /** Who makes the load balancer. By default the cluster decides. */
  readonly loadBalancerClass?: string;
}

export interface ProxyAccessLog {
  /** By default true: to set anything here turns it on. */
  readonly enabled?: boolean;
  /** Whether queries are written. By default they are not. */
  readonly query?: boolean;
  /** Up to 16 fields of requests to write. By default none. */
  readonly headers?: readonly string[];
  /** By default every request is written. */
  readonly sampling?: {
    /** Requests with this status or a higher one are all written, 100 to 599. */
    readonly below: number;
    /** Of the others, this share is, 0 to 1. */
    readonly share: number;
  };
}

/** The names of the proxy's limits (`gatewright proxy --limit`); docs/proxy.md tells what each does. */
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

/** resource.Quantity, as far as resources of pods have use for it. */
const quantity = /^[0-9]{1,12}(\.[0-9]{1,9})?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;
const resourceName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** RFC 9110 section 5.1. */
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

/** Without a spec nothing is set: that is what is left of one when whoever applied its fields takes them all back. */
export const gatewayParameters = () =>
  kindSchema("gatewright.dev/v1alpha1", "GatewayParameters", gatewayParametersSpec().default({}));

/** A valid GatewayParameters. */
export type GatewayParameters = z.output<ReturnType<typeof gatewayParameters>>;
