import type { z } from "zod";
import type { Channel } from "../schema/schema.ts";
import { type L4RouteRule, l4RulesV1alpha2, portRoute } from "./l4-route-rules.ts";
import type { CommonRouteSpec } from "./route.ts";

/** Where a TCP connection goes. */
export interface TCPRouteRule extends L4RouteRule {}

/** Routes TCP connections. */
export interface TCPRouteSpec extends CommonRouteSpec {
  /** Exactly one. */
  readonly rules: readonly TCPRouteRule[];
}

export const tcpRoute = (channel: Channel) => portRoute(channel, "TCPRoute");

/** The schema of v1alpha2: as that of v1, but with up to 16 rules. */
export const tcpRouteV1alpha2 = (channel: Channel) => portRoute(channel, "TCPRoute", l4RulesV1alpha2(channel));

/** A valid TCPRoute with the defaults of its schema. */
export type TCPRoute = z.output<ReturnType<typeof tcpRoute>>;
