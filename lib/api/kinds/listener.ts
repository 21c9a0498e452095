import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, experimental, list, longest, type Rule, withRules } from "../schema/schema.ts";
import { externalAuthFilter, type HTTPExternalAuthFilter } from "./external-auth.ts";
import {
  annotationValue,
  gatewayGroup,
  group,
  hostname,
  kind,
  namespace,
  objectName,
  port,
  sectionName,
} from "./fields.ts";
import { type LocalObjectReference, localObjectReference } from "./references.ts";
import { filterUnionRules } from "./route-filter.ts";

/** An open port, with the routes that may attach to it. */
export interface Listener {
  /** The name to which `sectionName` of a route refers. Unique in the Gateway or ListenerSet. */
  readonly name: string;
  /** A hostname, exact or `*.suffix`. Default: all hosts. Not for TCP and UDP. */
  readonly hostname?: Late<string>;
  /** The port, 1 to 65535. */
  readonly port: Late<number>;
  /** HTTP, HTTPS, TLS, TCP, UDP, or an implementation-specific `domain/name`. */
  readonly protocol: string;
  /** TLS settings. Required for HTTPS and TLS; not allowed for HTTP, TCP and UDP. */
  readonly tls?: ListenerTLSConfig;
  /** The routes that may attach. Default: all kinds that fit the protocol, from the Gateway's namespace. */
  readonly allowedRoutes?: AllowedRoutes;
  /** Filters for all requests of this listener, for HTTP and HTTPS only. @experimental */
  readonly filters?: ListenerFilters;
}

/** A listener's TLS settings. */
export interface ListenerTLSConfig {
  /** Default: `Terminate`. */
  readonly mode?: "Terminate" | "Passthrough";
  /** Secrets of type kubernetes.io/tls, at most 64. A reference to another namespace needs a ReferenceGrant there. */
  readonly certificateRefs?: readonly SecretObjectReference[];
  /** Implementation-specific settings, at most 16. */
  readonly options?: Readonly<Record<string, string>>;
}

/** A reference to a Secret. */
export interface SecretObjectReference {
  /** Default: the core group. */
  readonly group?: string;
  /** Default: `Secret`. */
  readonly kind?: string;
  /** The Secret's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** Default: the referrer's namespace. Another namespace needs a ReferenceGrant there. */
  readonly namespace?: Late<string>;
}

/** The routes that may attach to a listener. */
export interface AllowedRoutes {
  /** The namespaces of these routes. Default: the Gateway's namespace (`Same`). */
  readonly namespaces?: RouteNamespaces;
  /** The kinds of these routes, at most 8. Default: all kinds that fit the protocol. */
  readonly kinds?: readonly RouteGroupKind[];
}

/** The namespaces whose routes are admitted. */
export interface RouteNamespaces {
  /** Default: `Same`. */
  readonly from?: "All" | "Selector" | "Same";
  /** Selects Namespaces by labels. For `Selector` only. */
  readonly selector?: LabelSelector;
}

/** Selects objects that meet all of `matchLabels` and `matchExpressions`. An empty selector selects everything. */
export interface LabelSelector {
  /** Labels with their exact values. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Further requirements on labels. */
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** A requirement on one label. */
export interface LabelSelectorRequirement {
  /** The label's name. */
  readonly key: string;
  /** The operator: In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  /** The values: at least one for In and NotIn, none for the others. */
  readonly values?: readonly string[];
}

/** A kind of route. */
export interface RouteGroupKind {
  /** Default: `gateway.networking.k8s.io`. */
  readonly group?: string;
  /** The kind, such as `HTTPRoute`. */
  readonly kind: string;
}

/** @experimental */
export interface ListenerFilters {
  /** Filters in order, applied before the filters of routes. At most 16. */
  readonly requests?: readonly ListenerRequestFilter[];
}

/** @experimental */
export interface ListenerRequestFilter {
  /** The filter's type. The field of that type must be set, and the other must not. */
  readonly type: "ExternalAuth" | "ExtensionRef";
  /** Settings for type `ExternalAuth`. */
  readonly externalAuth?: HTTPExternalAuthFilter;
  /** The extension object for type `ExtensionRef`. */
  readonly extensionRef?: LocalObjectReference;
}

export const labelSelector = () =>
  z.strictObject({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: list(
      z.strictObject({ key: z.string(), operator: z.string(), values: list(z.string(), {}).optional() }),
      {},
    ).optional(),
  });

export const secretObjectReference = () =>
  z.strictObject({
    group: group().default(""),
    kind: kind().default("Secret"),
    name: objectName(),
    namespace: namespace().optional(),
  });

const same = { from: "Same" } as const;

const allowedRoutes = () =>
  z
    .strictObject({
      namespaces: z
        .strictObject({
          from: z.enum(["All", "Selector", "Same"]).default("Same"),
          selector: labelSelector().optional(),
        })
        .default(same),
      kinds: list(z.strictObject({ group: group().default(gatewayGroup), kind: kind() }), { max: 8 }).optional(),
    })
    .default({ namespaces: same });

type TLSConfig = { mode: string; certificateRefs?: readonly unknown[]; options?: Readonly<Record<string, string>> };

const tlsRules: readonly Rule<TLSConfig>[] = [
  {
    code: "GW1240",
    cel: "self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true",
    violations: (self) =>
      self.mode === "Terminate" && !self.certificateRefs?.length && Object.keys(self.options ?? {}).length === 0
        ? [
            {
              path: ["certificateRefs"],
              message: "A listener that terminates TLS needs a certificate.",
              fix: "Add certificateRefs with a Secret, or options of the implementation.",
            },
          ]
        : [],
  },
];

const listenerTLS = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      mode: z.enum(["Terminate", "Passthrough"]).default("Terminate"),
      certificateRefs: list(secretObjectReference(), { max: 64 }).optional(),
      options: tlsOptions().optional(),
    }),
    tlsRules,
  );

export const tlsOptions = () =>
  z
    .record(z.string(), annotationValue())
    .refine((options) => Object.keys(options).length <= 16, { params: { maxProperties: 16 } });

const protocolPattern =
  /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$/;

const filtersNeedHTTP: Rule<{ protocol: string; filters?: unknown }> = {
  code: "GW1241",
  channel: "experimental",
  cel: "!has(self.filters) || self.protocol in ['HTTP', 'HTTPS']",
  violations: (self) =>
    self.filters !== undefined && self.protocol !== "HTTP" && self.protocol !== "HTTPS"
      ? [
          {
            path: ["filters"],
            message: "Only HTTP and HTTPS listeners have filters.",
            given: self.protocol,
            allowed: "HTTP, HTTPS",
            fix: "Remove filters.",
          },
        ]
      : [],
};

export const listener = (channel: Channel, inGateway: boolean) => {
  const schema = z.strictObject({
    name: sectionName(),
    hostname: hostname().optional(),
    port: port(),
    protocol: z.string().min(1).check(longest(255)).regex(protocolPattern),
    tls: listenerTLS(channel).optional(),
    allowedRoutes: allowedRoutes(),
    filters: experimental(
      channel,
      z.strictObject({
        requests: list(
          withRules(
            channel,
            z.strictObject({
              type: z.enum(["ExternalAuth", "ExtensionRef"]),
              externalAuth: externalAuthFilter(channel).optional(),
              extensionRef: localObjectReference().optional(),
            }),
            filterUnionRules(["ExternalAuth", "ExtensionRef"]),
          ),
          { max: 16 },
        ).optional(),
      }),
    ),
  });
  return inGateway ? withRules(channel, schema, [filtersNeedHTTP]) : schema;
};
