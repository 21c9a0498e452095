import type { SimulatedAnswer } from "./answer.ts";
import { type CarriedOut, carryOut, carryOutRunning } from "./apply-filters.ts";
import { fullName, routeName } from "./describe.ts";
import type { RoutedGateway } from "./model.ts";
import { type Decision, decide, type SimulatedRequest } from "./route-request.ts";

export type { Failure, FilterResponse, ForwardedRequest, LateShares, SimulatedAnswer } from "./answer.ts";

/**
 * Computes a Gateway's answer to a request without sending it. ExtensionRef filters are listed and not run; the rest of
 * the answer assumes that they let the request pass unchanged. A filter that cannot run answers 500, as in the proxy.
 */
export function simulate(gateway: RoutedGateway, asked: SimulatedRequest): SimulatedAnswer {
  const decision = decide(gateway, asked);
  if (decision.kind !== "routed") return unrouted(gateway, decision);
  return routed(gateway, decision, carryOut(decision));
}

/**
 * Computes the answer as `simulate` does, and runs ExtensionRef filters with the proxy's code, without a time limit.
 */
export async function simulateRunning(gateway: RoutedGateway, asked: SimulatedRequest): Promise<SimulatedAnswer> {
  const decision = decide(gateway, asked);
  if (decision.kind !== "routed") return unrouted(gateway, decision);
  return routed(gateway, decision, await carryOutRunning(decision, gateway.filters));
}

function nothing(gateway: RoutedGateway): SimulatedAnswer {
  return {
    gateway: fullName(gateway.ir.gateway),
    backends: {},
    failures: [],
    mirrors: {},
    requests: {},
    responses: {},
    responseHeaders: [],
    extensions: [],
  };
}

function unrouted(gateway: RoutedGateway, decision: Exclude<Decision, { readonly kind: "routed" }>): SimulatedAnswer {
  const { reason } = decision;
  if (decision.kind === "refused") return { ...nothing(gateway), status: decision.status, reason };
  if (decision.kind === "closed") return { ...nothing(gateway), reason };
  const listener = decision.routing?.listener.name;
  const { status } = decision;
  return { ...nothing(gateway), status, reason, ...(listener === undefined ? {} : { listener }) };
}

function routed(
  gateway: RoutedGateway,
  { candidate }: Extract<Decision, { readonly kind: "routed" }>,
  carriedOut: CarriedOut,
): SimulatedAnswer {
  return {
    ...nothing(gateway),
    listener: candidate.listener.name,
    route: routeName(candidate.rule.ir),
    rule: candidate.rule.ir.index,
    match: candidate.matchIndex,
    ...carriedOut,
  };
}
