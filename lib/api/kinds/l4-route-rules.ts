import { z } from "zod";
import { type Channel, list, withRules } from "../schema/schema.ts";
import { kindSchema } from "./object.ts";
import { type BackendRef, backendRef } from "./references.ts";
import { commonRouteFields, ruleName, uniqueRuleNames } from "./route.ts";
import { routeStatus } from "./status.ts";

/** Where a connection goes. TLSRoute, TCPRoute and UDPRoute have exactly one such rule. */
export interface L4RouteRule {
  /** For policies to refer to. */
  readonly name?: string;
  /** 1 to 16. */
  readonly backendRefs: readonly BackendRef[];
}

export const l4Rules = (channel: Channel, max = 1) =>
  list(z.strictObject({ name: ruleName(), backendRefs: list(backendRef(channel), { min: 1, max: 16 }) }), {
    min: 1,
    max,
  });

/** Of v1alpha2, which the experimental channel still serves: up to 16 rules. */
export const l4RulesV1alpha2 = (channel: Channel) => withRules(channel, l4Rules(channel, 16), [uniqueRuleNames]);

/** A route that chooses by nothing but the port. */
export const portRoute = <K extends "TCPRoute" | "UDPRoute">(channel: Channel, kind: K, rules = l4Rules(channel)) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    kind,
    z.strictObject({ ...commonRouteFields(channel), rules }),
    routeStatus(),
  );
