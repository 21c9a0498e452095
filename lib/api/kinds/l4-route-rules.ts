import { z } from "zod";
import { type Channel, list, withRules } from "../schema/schema.ts";
import { kindSchema } from "./object.ts";
import { type BackendRef, backendRef } from "./references.ts";
import { commonRouteFields, ruleName, uniqueRuleNames } from "./route.ts";
import { routeStatus } from "./status.ts";

/** A rule with the backends of connections. TLSRoute, TCPRoute and UDPRoute have exactly one. */
export interface L4RouteRule {
  /** The rule's name, to which policies may refer. */
  readonly name?: string;
  /** Backends, 1 to 16. */
  readonly backendRefs: readonly BackendRef[];
}

export const l4Rules = (channel: Channel, max = 1) =>
  list(z.strictObject({ name: ruleName(), backendRefs: list(backendRef(channel), { min: 1, max: 16 }) }), {
    min: 1,
    max,
  });

/** The rules in v1alpha2, which the experimental channel still serves: up to 16. */
export const l4RulesV1alpha2 = (channel: Channel) => withRules(channel, l4Rules(channel, 16), [uniqueRuleNames]);

/** The schema of a route that selects connections by port only. */
export const portRoute = <K extends "TCPRoute" | "UDPRoute">(channel: Channel, kind: K, rules = l4Rules(channel)) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    kind,
    z.strictObject({ ...commonRouteFields(channel), rules }),
    routeStatus(),
  );
