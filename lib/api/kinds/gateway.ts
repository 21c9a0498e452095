import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, experimental, list, listMap, type Rule, withRules } from "../schema/schema.ts";
import { annotationValue, group, kind, labelKey, labelValue, namespace, objectName, port } from "./fields.ts";
import { gatewayAddresses } from "./gateway-address.ts";
import {
  type LabelSelector,
  type Listener,
  labelSelector,
  listener,
  type SecretObjectReference,
  secretObjectReference,
} from "./listener.ts";
import { listenerRules } from "./listener-rules.ts";
import { kindSchema } from "./object.ts";
import { type LocalObjectReference, localObjectReference } from "./references.ts";
import { eachEarlier } from "./route.ts";
import { gatewayStatus } from "./status.ts";

/** Opens ports with the infrastructure of a class, and defines which routes may attach to them. */
export interface GatewaySpec {
  /** The name of a GatewayClass. Must not be empty. */
  readonly gatewayClassName: Late<string>;
  /** The listeners, 1 to 64. */
  readonly listeners: readonly Listener[];
  /** Requested addresses, at most 16. Default: the implementation's choice. */
  readonly addresses?: readonly GatewaySpecAddress[];
  /** Metadata and settings for the resources that the controller creates for this Gateway. */
  readonly infrastructure?: GatewayInfrastructure;
  /** The ListenerSets that may add listeners. Default: none. */
  readonly allowedListeners?: AllowedListeners;
  /**
   * TLS settings for all listeners. Default: no client certificates, neither required from clients nor sent to
   * backends.
   */
  readonly tls?: GatewayTLSConfig;
  /** If set to `All`, routes with `useDefaultGateways` attach here without a parentRef (GEP-3793). @experimental */
  readonly defaultScope?: "All" | "None";
}

/** A requested address. */
export interface GatewaySpecAddress {
  /** `IPAddress`, `Hostname`, `NamedAddress`, or `domain/name`. Default: `IPAddress`. */
  readonly type?: string;
  /** The address. Default: the implementation's choice. */
  readonly value?: string;
  /** @experimental */
  readonly routability?: string;
}

/** Metadata for the Deployment, Service and other resources of this Gateway. */
export interface GatewayInfrastructure {
  /** Labels, at most 8. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations, at most 16. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** An object with implementation-specific settings, in the Gateway's namespace. */
  readonly parametersRef?: LocalObjectReference;
}

/** The ListenerSets that may add listeners to a Gateway. */
export interface AllowedListeners {
  /** The namespaces of these ListenerSets. Default: none. */
  readonly namespaces?: ListenerNamespaces;
}

/** The namespaces whose ListenerSets are admitted. */
export interface ListenerNamespaces {
  /** Default: `None`. */
  readonly from?: "All" | "Selector" | "Same" | "None";
  /** Selects Namespaces by labels. For `Selector` only. */
  readonly selector?: LabelSelector;
}

/** TLS settings for connections to backends and from clients. */
export interface GatewayTLSConfig {
  /** Settings for connections to backends. */
  readonly backend?: { readonly clientCertificateRef?: SecretObjectReference };
  /** Settings for connections from clients. */
  readonly frontend?: FrontendTLSConfig;
}

/** The validation of client certificates (GEP-91). */
export interface FrontendTLSConfig {
  /** Settings for HTTPS listeners on ports that `perPort` does not list. */
  readonly default: TLSConfig;
  /** Settings per port, at most 64. Each port may occur once. */
  readonly perPort?: readonly TLSPortConfig[];
}

/** The validation of client certificates on one port. */
export interface TLSPortConfig {
  /** The port, 1 to 65535. */
  readonly port: Late<number>;
  /** Settings that replace `default`. */
  readonly tls: TLSConfig;
}

/** TLS settings for connections from clients. */
export interface TLSConfig {
  /** The validation of client certificates. Default: clients need none. */
  readonly validation?: FrontendTLSValidation;
}

/** The client certificates that are accepted. */
export interface FrontendTLSValidation {
  /** Objects with CA certificates, 1 to 16. */
  readonly caCertificateRefs: readonly ObjectReference[];
  /** Default: `AllowValidOnly`. */
  readonly mode?: "AllowValidOnly" | "AllowInsecureFallback";
}

/** A reference to an object. A reference to another namespace needs a ReferenceGrant there. */
export interface ObjectReference {
  /** The API group. Empty for the core group. */
  readonly group: string;
  /** The object's kind, such as `ConfigMap`. */
  readonly kind: string;
  /** The object's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** Default: the Gateway's namespace. */
  readonly namespace?: Late<string>;
}

const keyRules = (what: "Label" | "Annotation"): readonly Rule<Readonly<Record<string, string>>>[] => [
  {
    code: "GW1245",
    cel: 'self.all(key, key.matches(r"""^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$"""))',
    violations: (self) =>
      Object.keys(self).flatMap((key) =>
        labelKey.test(key)
          ? []
          : [
              {
                path: [key],
                message: `${what} keys are [domain/]name.`,
                given: key,
                allowed: "a name of at most 63 letters, digits, '-', '_', '.', after an optional DNS domain and '/'",
                fix: "Rename the key.",
              },
            ],
      ),
  },
  {
    code: "GW1245",
    cel: 'self.all(key, key.split("/")[0].size() < 253)',
    violations: (self) =>
      Object.keys(self).flatMap((key) =>
        (key.split("/")[0] ?? "").length < 253
          ? []
          : [
              {
                path: [key],
                message: `The domain of the ${what.toLowerCase()} key is too long.`,
                given: key,
                allowed: "fewer than 253 characters",
                fix: "Shorten it.",
              },
            ],
      ),
  },
];

const trustBundle: Rule<readonly { group: string; kind: string; namespace?: string }[]> = {
  code: "GW1246",
  channel: "experimental",
  cel: "self.all(r, !(r.group == 'certificates.k8s.io' && r.kind == 'ClusterTrustBundle' && has(r.namespace)))",
  violations: (self) =>
    self.flatMap((reference, i) =>
      reference.group === "certificates.k8s.io" && reference.kind === "ClusterTrustBundle" && "namespace" in reference
        ? [
            {
              path: [i, "namespace"],
              message: "A ClusterTrustBundle has no namespace.",
              fix: "Remove namespace.",
            },
          ]
        : [],
    ),
};

const limitedRecord = (value: z.ZodType<string, string>, most: number) =>
  z
    .record(z.string(), value)
    .refine((record) => Object.keys(record).length <= most, { params: { maxProperties: most } });

const infrastructure = (channel: Channel) =>
  z.strictObject({
    labels: withRules(channel, limitedRecord(labelValue(), 8), keyRules("Label")).optional(),
    annotations: withRules(channel, limitedRecord(annotationValue(), 16), keyRules("Annotation")).optional(),
    parametersRef: localObjectReference().optional(),
  });

const frontendTLS = (channel: Channel) =>
  z.strictObject({
    validation: z
      .strictObject({
        caCertificateRefs: withRules(
          channel,
          list(
            z.strictObject({ group: group(), kind: kind(), name: objectName(), namespace: namespace().optional() }),
            { min: 1, max: 16 },
          ),
          [trustBundle],
        ),
        mode: z.enum(["AllowValidOnly", "AllowInsecureFallback"]).default("AllowValidOnly"),
      })
      .optional(),
  });

const uniquePorts: Rule<readonly { port: number }[]> = {
  code: "GW1247",
  cel: "self.all(t1, self.exists_one(t2, t1.port == t2.port))",
  violations: (self) =>
    eachEarlier(
      self,
      (a, b) => a.port === b.port,
      (i, { port: given }) => ({
        path: [i, "port"],
        message: "The same port is configured twice.",
        given,
        fix: "Merge the two.",
      }),
    ),
};

const none = { from: "None" } as const;

const uniqueListeners =
  "self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))";

const gatewaySpec = (channel: Channel) =>
  z.strictObject({
    gatewayClassName: objectName(),
    listeners: withRules(
      channel,
      listMap(listener(channel, true), ["name"], { min: 1, max: 64 }),
      listenerRules(uniqueListeners),
    ),
    addresses: gatewayAddresses(channel).optional(),
    infrastructure: infrastructure(channel).optional(),
    allowedListeners: z
      .strictObject({
        namespaces: z
          .strictObject({
            from: z.enum(["All", "Selector", "Same", "None"]).default("None"),
            selector: labelSelector().optional(),
          })
          .default(none),
      })
      .optional(),
    tls: z
      .strictObject({
        backend: z.strictObject({ clientCertificateRef: secretObjectReference().optional() }).optional(),
        frontend: z
          .strictObject({
            default: frontendTLS(channel),
            perPort: withRules(
              channel,
              listMap(z.strictObject({ port: port(), tls: frontendTLS(channel) }), ["port"], { max: 64 }),
              [uniquePorts],
            ).optional(),
          })
          .optional(),
      })
      .optional(),
    defaultScope: experimental(channel, z.enum(["All", "None"])),
  });

export const gateway = (channel: Channel) =>
  kindSchema("gateway.networking.k8s.io/v1", "Gateway", gatewaySpec(channel), gatewayStatus(channel));

/** A valid Gateway with the defaults of its schema. */
export type Gateway = z.output<ReturnType<typeof gateway>>;
