import type { z } from "zod";
import type { Channel } from "../schema/schema.ts";
import { type L4RouteRule, l4RulesV1alpha2, portRoute } from "./l4-route-rules.ts";
import type { CommonRouteSpec } from "./route.ts";

/** A rule with the backends of TCP connections. */
export interface TCPRouteRule extends L4RouteRule {}

/** Routes TCP connections. */
export interface TCPRouteSpec extends CommonRouteSpec {
  /** The rules, exactly one. */
  readonly rules: readonly TCPRouteRule[];
}

export const tcpRoute = (channel: Channel) => portRoute(channel, "TCPRoute");

/** The schema of v1alpha2. It differs from v1 in allowing up to 16 rules. */
export const tcpRouteV1alpha2 = (channel: Channel) => portRoute(channel, "TCPRoute", l4RulesV1alpha2(channel));

/** A valid TCPRoute with the defaults of its schema. */
export type TCPRoute = z.output<ReturnType<typeof tcpRoute>>;
