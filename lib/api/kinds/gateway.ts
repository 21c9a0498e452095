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

/** Opens ports by the means of a class, and says which routes may attach to them. */
export interface GatewaySpec {
  /** Name of a GatewayClass; cannot be empty. */
  readonly gatewayClassName: Late<string>;
  /** 1 to 64. */
  readonly listeners: readonly Listener[];
  /** Addresses asked for; at most 16. By default the implementation's choice. */
  readonly addresses?: readonly GatewaySpecAddress[];
  /** What to put on the resources made for this Gateway. */
  readonly infrastructure?: GatewayInfrastructure;
  /** Which ListenerSets may add listeners; by default none. */
  readonly allowedListeners?: AllowedListeners;
  /** TLS for all listeners; by default no client is asked for a certificate, and none is shown to backends. */
  readonly tls?: GatewayTLSConfig;
  /** Whether routes without a parent of their own attach here (GEP-3793). @experimental */
  readonly defaultScope?: "All" | "None";
}

/** An address that is asked for. */
export interface GatewaySpecAddress {
  /** `IPAddress` by default, `Hostname`, `NamedAddress`, or `domain/name`. */
  readonly type?: string;
  /** By default one of the implementation's choice. */
  readonly value?: string;
  /** @experimental */
  readonly routability?: string;
}

/** What the Deployment, Service and other resources made for a Gateway get. */
export interface GatewayInfrastructure {
  /** At most 8. */
  readonly labels?: Readonly<Record<string, string>>;
  /** At most 16. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Settings of the implementation, in the namespace of the Gateway. */
  readonly parametersRef?: LocalObjectReference;
}

/** Which ListenerSets may add listeners to a Gateway. */
export interface AllowedListeners {
  /** By default none. */
  readonly namespaces?: ListenerNamespaces;
}

/** The namespaces whose ListenerSets are admitted. */
export interface ListenerNamespaces {
  /** By default `None`. */
  readonly from?: "All" | "Selector" | "Same" | "None";
  /** By labels of the Namespace; for `Selector`. */
  readonly selector?: LabelSelector;
}

/** TLS towards backends and towards clients. */
export interface GatewayTLSConfig {
  /** For connections to backends. */
  readonly backend?: { readonly clientCertificateRef?: SecretObjectReference };
  /** For connections of clients. */
  readonly frontend?: FrontendTLSConfig;
}

/** How certificates of clients are validated (GEP-91). */
export interface FrontendTLSConfig {
  /** For HTTPS listeners on ports that `perPort` does not name. */
  readonly default: TLSConfig;
  /** At most 64, each port once. */
  readonly perPort?: readonly TLSPortConfig[];
}

/** How certificates of clients are validated on one port. */
export interface TLSPortConfig {
  /** 1 to 65535. */
  readonly port: Late<number>;
  /** Takes the place of `default`. */
  readonly tls: TLSConfig;
}

/** TLS towards clients. */
export interface TLSConfig {
  /** By default clients need no certificate. */
  readonly validation?: FrontendTLSValidation;
}

/** Which certificates of clients are accepted. */
export interface FrontendTLSValidation {
  /** 1 to 16. */
  readonly caCertificateRefs: readonly ObjectReference[];
  /** By default `AllowValidOnly`. */
  readonly mode?: "AllowValidOnly" | "AllowInsecureFallback";
}

/** Names one object; another namespace needs a ReferenceGrant there. */
export interface ObjectReference {
  /** The empty group is the core group. */
  readonly group: string;
  /** As in its manifests, such as `ConfigMap`. */
  readonly kind: string;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
  /** By default the namespace of the Gateway. */
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
