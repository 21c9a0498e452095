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

/** A port that is opened, and what may attach to it. */
export interface Listener {
  /** Unique in the Gateway or ListenerSet; what `sectionName` of a route refers to. */
  readonly name: string;
  /** A name, or `*.suffix`; by default every host. Not for TCP and UDP. */
  readonly hostname?: Late<string>;
  /** 1 to 65535. */
  readonly port: Late<number>;
  /** HTTP, HTTPS, TLS, TCP, UDP, or an implementation's own as `domain/name`. */
  readonly protocol: string;
  /** Required for HTTPS and TLS; not for HTTP, TCP and UDP. */
  readonly tls?: ListenerTLSConfig;
  /** By default routes of every kind that fits the protocol, from the namespace of the Gateway. */
  readonly allowedRoutes?: AllowedRoutes;
  /** Filters for every request of this listener; HTTP and HTTPS only. @experimental */
  readonly filters?: ListenerFilters;
}

/** What a listener does with TLS. */
export interface ListenerTLSConfig {
  /** By default `Terminate`. */
  readonly mode?: "Terminate" | "Passthrough";
  /** Secrets of type kubernetes.io/tls; at most 64. Another namespace needs a ReferenceGrant there. */
  readonly certificateRefs?: readonly SecretObjectReference[];
  /** Settings of the implementation; at most 16. */
  readonly options?: Readonly<Record<string, string>>;
}

/** By default a Secret of the core group, in the namespace of the object that refers to it. */
export interface SecretObjectReference {
  /** By default the core group. */
  readonly group?: string;
  /** By default `Secret`. */
  readonly kind?: string;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
  /** By default that of the object that refers to it; another needs a ReferenceGrant there. */
  readonly namespace?: Late<string>;
}

/** Which routes may attach to a listener. */
export interface AllowedRoutes {
  /** By default the namespace of the Gateway (`Same`). */
  readonly namespaces?: RouteNamespaces;
  /** By default every kind that fits the protocol; at most 8. */
  readonly kinds?: readonly RouteGroupKind[];
}

/** The namespaces whose routes are admitted. */
export interface RouteNamespaces {
  /** By default `Same`. */
  readonly from?: "All" | "Selector" | "Same";
  /** By labels of the Namespace; for `Selector`. */
  readonly selector?: LabelSelector;
}

/** All of `matchLabels` and `matchExpressions` must hold; an empty selector selects everything. */
export interface LabelSelector {
  /** Labels with exactly these values. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Further conditions on labels. */
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** A condition on one label. */
export interface LabelSelectorRequirement {
  /** Name of the label. */
  readonly key: string;
  /** In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  /** For In and NotIn, at least one; for the others, none. */
  readonly values?: readonly string[];
}

/** A kind of route. */
export interface RouteGroupKind {
  /** By default `gateway.networking.k8s.io`. */
  readonly group?: string;
  /** Such as `HTTPRoute`. */
  readonly kind: string;
}

/** @experimental */
export interface ListenerFilters {
  /** In this order, before the filters of routes; at most 16. */
  readonly requests?: readonly ListenerRequestFilter[];
}

/** @experimental */
export interface ListenerRequestFilter {
  /** Names the one other field that is set. */
  readonly type: "ExternalAuth" | "ExtensionRef";
  /** For type `ExternalAuth`. */
  readonly externalAuth?: HTTPExternalAuthFilter;
  /** For type `ExtensionRef`. */
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
