import { z } from "zod";
import type { Late, WithoutLate } from "../declared/late.ts";
import {
  dnsLabel,
  dnsSubdomain,
  domainPrefixed,
  hostname,
  kind,
  labelKey,
  objectName,
  port,
  sectionName,
} from "../kinds/fields.ts";
import type { JsonSchema } from "../kinds/json-schema.ts";
import type { LabelSelector } from "../kinds/label-selector.ts";

/** The API group of Gatewright's own kinds. */
export const contractGroup = "gatewright.dev";
/** The contract version that this version of Gatewright writes and reads. */
export const contractVersion = 1;

/**
 * A Gateway's offer to the teams that attach routes to it. It contains exactly what their side of attachment depends
 * on, and no reference to a Secret, no address and no parameters.
 */
export interface GatewayContract {
  /** The schema version. It changes with any change that an older reader would misread. */
  readonly apiVersion: "gatewright.dev/v1";
  readonly kind: "GatewayContract";
  /** The name and namespace of the Gateway. */
  readonly metadata: { readonly name: Late<string>; readonly namespace: Late<string> };
  readonly spec: GatewayContractSpec;
}

/** A contract as a source declares it. Placeholder texts stand for late values. */
export type DeclaredContract = WithoutLate<GatewayContract>;

export interface GatewayContractSpec {
  readonly gatewayClassName: Late<string>;
  /** The class's controller. Absent if the class was unknown when the contract was made. */
  readonly controllerName?: string;
  /**
   * The features that the class supports (GEP-2162, `status.supportedFeatures` of the GatewayClass), sorted. If they
   * are absent, they are unknown, and the features that routes use are not checked.
   */
  readonly features?: readonly string[];
  /** The listeners in the order of the Gateway, 1 to 64. */
  readonly listeners: readonly ContractListener[];
  /** The namespaces whose ListenerSets the Gateway admits. Default: none. */
  readonly allowedListeners?: { readonly namespaces: ContractNamespaces };
}

/** The part of a listener that routes depend on. Defaults of the Gateway API are written out. */
export interface ContractListener {
  /** The name that `sectionName` of a parentRef refers to. */
  readonly name: string;
  readonly port: Late<number>;
  readonly protocol: string;
  /** The hostname. Absent if the listener takes every host. */
  readonly hostname?: Late<string>;
  /** The TLS mode. Set for protocol TLS only. */
  readonly tlsMode?: "Terminate" | "Passthrough";
  /** The Gateway API's kinds of route that may attach. */
  readonly kinds: readonly string[];
  readonly namespaces: ContractNamespaces;
}

/** The namespaces that may attach. A selector is copied from the Gateway, and the reader evaluates it. */
export interface ContractNamespaces {
  readonly from: "All" | "Same" | "Selector" | "None";
  readonly selector?: LabelSelector;
}

const selector = z.strictObject({
  matchLabels: z.record(z.string().regex(labelKey), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const namespaces = z.strictObject({
  from: z.enum(["All", "Same", "Selector", "None"]),
  selector: selector.optional(),
});

/** The schema of a contract. Values are never late, because the reader gets the contract from another program. */
export const gatewayContract = z.strictObject({
  apiVersion: z.literal(`${contractGroup}/v${contractVersion}`),
  kind: z.literal("GatewayContract"),
  metadata: z.strictObject({
    name: z.string().min(1).max(253).regex(dnsSubdomain),
    namespace: z.string().min(1).max(63).regex(dnsLabel),
  }),
  spec: z.strictObject({
    gatewayClassName: objectName(),
    controllerName: z.string().min(1).max(253).regex(domainPrefixed).optional(),
    features: z.array(z.string().min(1).max(128)).max(256).optional(),
    listeners: z
      .array(
        z.strictObject({
          name: sectionName(),
          port: port(),
          protocol: z.string().min(1).max(255),
          hostname: hostname().optional(),
          tlsMode: z.enum(["Terminate", "Passthrough"]).optional(),
          kinds: z.array(kind()).max(8),
          namespaces,
        }),
      )
      .min(1)
      .max(64),
    allowedListeners: z.strictObject({ namespaces }).optional(),
  }),
});

/** The JSON Schema of a contract, for readers other than Gatewright. */
export function contractSchema(): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(gatewayContract, {
    target: "draft-7",
    io: "input",
    reused: "inline",
    unrepresentable: "any",
  });
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "GatewayContract", ...schema };
}
