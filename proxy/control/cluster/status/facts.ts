import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import type { ListenerSetStatus } from "../../../../lib/routing/attach/statuses.ts";

/** The parts of a Gateway's status that only its infrastructure and data plane know. */
export interface GatewayFacts {
  /** The Gateway's addresses, in the order in which clients should try them. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** The condition AddressesAssigned: the Gateway has every address that it requests. Undefined: not known yet. */
  readonly assigned?: Pick<Condition, "status" | "reason" | "message"> | undefined;
  /** The condition Programmed: whether every ready proxy enforces the newest configuration. */
  readonly programmed: Pick<Condition, "status" | "reason" | "message">;
  /** Listeners that the proxies could not open, by `kind/namespace/name/listener`, with the reason. Default: none. */
  readonly unavailable?: ReadonlyMap<string, string>;
}

export interface GatewayStatusAddress {
  readonly type: "IPAddress" | "Hostname";
  readonly value: string;
  /** The networks from which the address is reachable (GEP-5093). */
  readonly routability: string;
}

/**
 * Fills in the condition Programmed, which attaching leaves open: of a Gateway, of a ListenerSet whose listeners the
 * proxies of its Gateway open, and of the listeners.
 */
export function withFacts<Status extends ListenerSetStatus>(
  parent: string,
  status: Status,
  { programmed, unavailable }: GatewayFacts,
): Status {
  const conditions = status.conditions.map((condition) => settled(condition, programmed));
  const listeners = status.listeners.map((listener) => {
    const why = unavailable?.get(`${parent}/${listener.name}`);
    const fact = why === undefined ? programmed : ({ status: "False", reason: "Invalid", message: why } as const);
    return { ...listener, conditions: listener.conditions.map((condition) => settled(condition, ofListener(fact))) };
  });
  return { ...status, conditions, listeners };
}

/** Maps the condition of a Gateway to one of a listener. A listener has fewer reasons: addresses do not concern it. */
function ofListener(fact: GatewayFacts["programmed"]): GatewayFacts["programmed"] {
  if (fact.status === "True" || fact.reason === "Invalid" || fact.reason === "Pending") return fact;
  return { ...fact, reason: "Pending" };
}

/** Decides a condition Programmed of status Unknown, which is left to the data plane. A refused Gateway stays so. */
function settled(condition: Condition, { status, reason, message }: GatewayFacts["programmed"]): Condition {
  if (condition.type !== "Programmed" || condition.status !== "Unknown") return condition;
  return { ...condition, status, reason, message };
}
