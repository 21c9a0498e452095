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

/** The group of what only Gatewright reads. */
export const contractGroup = "gatewright.dev";
/** The version of contracts that this version of Gatewright writes and reads. */
export const contractVersion = 1;

/**
 * What a Gateway offers to the teams that attach routes to it: everything that their half of the handshake depends on,
 * and nothing else. It holds no reference to a Secret, no address and no parameters.
 */
export interface GatewayContract {
  /** The schema's version; a change that an older reader would misread gets a new one. */
  readonly apiVersion: "gatewright.dev/v1";
  readonly kind: "GatewayContract";
  /** Of the Gateway. */
  readonly metadata: { readonly name: Late<string>; readonly namespace: Late<string> };
  readonly spec: GatewayContractSpec;
}

/** A contract as a source declares it, with a text in the place of each late value. */
export type DeclaredContract = WithoutLate<GatewayContract>;

export interface GatewayContractSpec {
  readonly gatewayClassName: Late<string>;
  /** Of the class. Absent: the class was not known where the contract was made. */
  readonly controllerName?: string;
  /**
   * Names of features that the class supports (GEP-2162, `status.supportedFeatures` of the GatewayClass), sorted.
   * Absent: not known, and then the features that routes use are not checked.
   */
  readonly features?: readonly string[];
  /** 1 to 64, in the order of the Gateway. */
  readonly listeners: readonly ContractListener[];
  /** Namespaces whose ListenerSets the Gateway admits. Absent: none. */
  readonly allowedListeners?: { readonly namespaces: ContractNamespaces };
}

/** A listener, as far as routes depend on it; what the Gateway leaves to defaults is written out. */
export interface ContractListener {
  /** What `sectionName` of a parentRef refers to. */
  readonly name: string;
  readonly port: Late<number>;
  readonly protocol: string;
  /** Absent: every host. */
  readonly hostname?: Late<string>;
  /** Of listeners of protocol TLS; absent for all others. */
  readonly tlsMode?: "Terminate" | "Passthrough";
  /** Kinds of route of the Gateway API that may attach. */
  readonly kinds: readonly string[];
  readonly namespaces: ContractNamespaces;
}

/** Which namespaces may attach, as the Gateway says it: a selector is evaluated by the reader, not by the writer. */
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

/** The shape of a contract. Values are plain: who reads a contract has it from somewhere else. */
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

/** The JSON Schema of a contract, for readers that are not Gatewright. */
export function contractSchema(): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(gatewayContract, {
    target: "draft-7",
    io: "input",
    reused: "inline",
    unrepresentable: "any",
  });
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "GatewayContract", ...schema };
}
