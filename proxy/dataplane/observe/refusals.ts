import type { Refusal } from "../http1/rules.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { Shared } from "../shared.ts";
import type { ObservedClient } from "./request-record.ts";

/** Counts and tells the answer to a request that came to no exchange. Whoever calls sends it. */
export function tellRefused(shared: Shared, port: PortRouting, client: ObservedClient, refusal: Refusal): void {
  const { stats } = port.gateway;
  stats.countAnswer(refusal.reason);
  stats.responses.count(refusal.status);
  shared.observer?.refused(port, client, refusal);
}
