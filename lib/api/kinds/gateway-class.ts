import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, immutable, longest, withRules } from "../schema/schema.ts";
import { domainPrefixed, group, kind, namespace, objectName } from "./fields.ts";
import { kindSchema } from "./object.ts";
import { classStatus } from "./status.ts";

/** A kind of Gateway that a controller offers. */
export interface GatewayClassSpec {
  /** `domain/path` of the controller; cannot be changed afterwards. */
  readonly controllerName: string;
  /** Settings of the controller for this class. */
  readonly parametersRef?: ParametersReference;
  /** At most 64 characters. */
  readonly description?: string;
}

/** An object that configures a class, in any namespace or cluster-wide. */
export interface ParametersReference {
  /** The empty group is the core group. */
  readonly group: string;
  /** As in its manifests, such as `ConfigMap`. */
  readonly kind: string;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
  /** For parameters that have one. */
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
