import type { z } from "zod";
import type { Channel } from "../schema/schema.ts";
import { type L4RouteRule, l4RulesV1alpha2, portRoute } from "./l4-route-rules.ts";
import type { CommonRouteSpec } from "./route.ts";

/** A rule with the backends of UDP datagrams. */
export interface UDPRouteRule extends L4RouteRule {}

/** Routes UDP datagrams. */
export interface UDPRouteSpec extends CommonRouteSpec {
  /** The rules, exactly one. */
  readonly rules: readonly UDPRouteRule[];
}

export const udpRoute = (channel: Channel) => portRoute(channel, "UDPRoute");

/** The schema of v1alpha2. It differs from v1 in allowing up to 16 rules. */
export const udpRouteV1alpha2 = (channel: Channel) => portRoute(channel, "UDPRoute", l4RulesV1alpha2(channel));

/** A valid UDPRoute with the defaults of its schema. */
export type UDPRoute = z.output<ReturnType<typeof udpRoute>>;
