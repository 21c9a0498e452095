import { z } from "zod";
import { int64 } from "../schema/integer.ts";
import { type Channel, list, listMap, longest } from "../schema/schema.ts";
import { domainPrefixed, group, kind, namespace, objectName, port, sectionName } from "./fields.ts";
import { gatewayStatusAddresses } from "./gateway-address.ts";
import { parentReference } from "./references.ts";
import { time } from "./time.ts";

/**
 * This module has the schemas for `status` in kinds of the Gateway API. No field is required, because controllers write
 * the status and the API server drops it when an object is created or applied. Fields that are present must be valid.
 */

const conditionType =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/;

const condition = () =>
  z.strictObject({
    type: z.string().check(longest(316)).regex(conditionType).optional(),
    status: z.enum(["True", "False", "Unknown"]).optional(),
    reason: z
      .string()
      .min(1)
      .check(longest(1024))
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .optional(),
    message: z.string().check(longest(32_768)).optional(),
    lastTransitionTime: time().optional(),
    observedGeneration: int64(z.number().min(0)).optional(),
  });

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

const conditions = (limits: Limits = { max: 8 }) => listMap(condition(), ["type"], limits).optional();

const supportedFeatures = () =>
  listMap(z.strictObject({ name: z.string().optional() }), ["name"], { max: 64 }).optional();

/** The `status` of a GatewayClass or an XMesh. */
export const classStatus = () =>
  z.strictObject({ conditions: conditions(), supportedFeatures: supportedFeatures() }).optional();

const listenerStatus = () =>
  z.strictObject({
    name: sectionName().optional(),
    attachedRoutes: z.int32().optional(),
    conditions: conditions(),
    supportedKinds: list(
      z.strictObject({ group: group().default("gateway.networking.k8s.io"), kind: kind().optional() }),
      { max: 8 },
    ).optional(),
  });

const listeners = () => listMap(listenerStatus(), ["name"], { max: 64 }).optional();

/** The `status` of a Gateway. */
export const gatewayStatus = (channel: Channel) =>
  z
    .strictObject({
      addresses: gatewayStatusAddresses(channel).optional(),
      attachedListenerSets: z.int32().optional(),
      conditions: conditions(),
      listeners: listeners(),
    })
    .optional();

/** The `status` of a ListenerSet. */
export const listenerSetStatus = () => z.strictObject({ conditions: conditions(), listeners: listeners() }).optional();

const controllerName = () => z.string().min(1).check(longest(253)).regex(domainPrefixed).optional();

/** The `status` of all kinds of route. */
export const routeStatus = () =>
  z
    .strictObject({
      parents: list(
        z.strictObject({
          parentRef: parentReference().partial({ name: true }).optional(),
          controllerName: controllerName(),
          conditions: conditions({ min: 1, max: 8 }),
        }),
        { max: 32 },
      ).optional(),
    })
    .optional();

const ancestorReference = () =>
  z.strictObject({
    group: group().default("gateway.networking.k8s.io"),
    kind: kind().default("Gateway"),
    namespace: namespace().optional(),
    name: objectName().optional(),
    sectionName: sectionName().optional(),
    port: port().optional(),
  });

/** The `status` of a policy. `limits` apply to the conditions of each ancestor. */
export const policyStatus = (ancestors = 16, limits: Limits = { min: 1, max: 8 }) =>
  z
    .strictObject({
      ancestors: list(
        z.strictObject({
          ancestorRef: ancestorReference().optional(),
          controllerName: controllerName(),
          conditions: conditions(limits),
        }),
        { max: ancestors },
      ).optional(),
    })
    .optional();
