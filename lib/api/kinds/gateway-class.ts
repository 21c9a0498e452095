import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, immutable, longest, withRules } from "../schema/schema.ts";
import { domainPrefixed, group, kind, namespace, objectName } from "./fields.ts";
import { kindSchema } from "./object.ts";
import { classStatus } from "./status.ts";

/** A class of Gateways that a controller serves. */
export interface GatewayClassSpec {
  /** The controller as `domain/path`. Immutable. */
  readonly controllerName: string;
  /** An object with the controller's settings for this class. */
  readonly parametersRef?: ParametersReference;
  /** A description of at most 64 characters. */
  readonly description?: string;
}

/** A reference to an object with settings, in any namespace or cluster-scoped. */
export interface ParametersReference {
  /** The API group. Empty for the core group. */
  readonly group: string;
  /** The object's kind, such as `ConfigMap`. */
  readonly kind: string;
  /** The object's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** The object's namespace, if its kind is namespaced. */
  readonly namespace?: Late<string>;
}

export const parametersReference = () =>
  z.strictObject({ group: group(), kind: kind(), name: objectName(), namespace: namespace().optional() });

export const gatewayClass = (channel: Channel) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "GatewayClass",
    z.strictObject({
      controllerName: withRules(channel, z.string().min(1).check(longest(253)).regex(domainPrefixed), [
        immutable("GW1248"),
      ]),
      parametersRef: parametersReference().optional(),
      description: z.string().check(longest(64)).optional(),
    }),
    classStatus(),
  );

/** A valid GatewayClass. */
export type GatewayClass = z.output<ReturnType<typeof gatewayClass>>;
