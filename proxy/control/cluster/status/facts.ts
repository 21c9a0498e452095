import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import type { GatewayStatus, ListenerSetStatus, ListenerStatus } from "../../../../lib/routing/attach/statuses.ts";

/** What only the infrastructure and the data plane of a Gateway know, and its status tells. */
export interface GatewayFacts {
  /** Where it is reached; in the order in which clients are to try them. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** Whether every ready proxy enforces the newest configuration, in the words of the condition Programmed. */
  readonly programmed: Pick<Condition, "status" | "reason" | "message">;
  /** Listeners that the proxies could not open, by `kind/namespace/name/listener`, and why. Default: none. */
  readonly unavailable?: ReadonlyMap<string, string>;
}

export interface GatewayStatusAddress {
  readonly type: "IPAddress" | "Hostname";
  readonly value: string;
}

/** Fills in what attaching left open on a Gateway: Programmed of it and of its listeners, and its addresses. */
export function withFacts(
  name: string,
  status: GatewayStatus,
  { addresses, programmed, unavailable }: GatewayFacts,
): GatewayStatus & { readonly addresses: readonly GatewayStatusAddress[] } {
  const conditions = status.conditions.map((condition) => settled(condition, programmed));
  const listeners = listenersWithFacts(`Gateway/${name}`, status.listeners, programmed, unavailable);
  return { ...status, conditions, listeners, addresses };
}

/** The same on a ListenerSet, whose listeners are opened by the proxies of its Gateway. */
export function setWithFacts(
  name: string,
  status: ListenerSetStatus,
  { programmed, unavailable }: GatewayFacts,
): ListenerSetStatus {
  const conditions = status.conditions.map((condition) => settled(condition, programmed));
  const listeners = listenersWithFacts(`ListenerSet/${name}`, status.listeners, programmed, unavailable);
  return { ...status, conditions, listeners };
}

function listenersWithFacts(
  parent: string,
  listeners: readonly ListenerStatus[],
  programmed: GatewayFacts["programmed"],
  unavailable: GatewayFacts["unavailable"],
): readonly ListenerStatus[] {
  return listeners.map((listener) => {
    const why = unavailable?.get(`${parent}/${listener.name}`);
    const fact = why === undefined ? programmed : ({ status: "False", reason: "Invalid", message: why } as const);
    return { ...listener, conditions: listener.conditions.map((condition) => settled(condition, ofListener(fact))) };
  });
}

/** A listener has fewer reasons than its Gateway: addresses are no matter of its own. */
function ofListener(fact: GatewayFacts["programmed"]): GatewayFacts["programmed"] {
  if (fact.status === "True" || fact.reason === "Invalid" || fact.reason === "Pending") return fact;
  return { ...fact, reason: "Pending" };
}

/** Only what was left to the data plane: a Gateway that is refused stays so. */
function settled(condition: Condition, { status, reason, message }: GatewayFacts["programmed"]): Condition {
  if (condition.type !== "Programmed" || condition.status !== "Unknown") return condition;
  return { ...condition, status, reason, message };
}
