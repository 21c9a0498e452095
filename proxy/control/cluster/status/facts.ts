import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import type { ListenerSetStatus } from "../../../../lib/routing/attach/statuses.ts";

/** What only the infrastructure and the data plane of a Gateway know, and its status tells. */
export interface GatewayFacts {
  /** Where it is reached; in the order in which clients are to try them. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** Whether it has every address that it asks for; undefined as long as that is not known. */
  readonly assigned?: Pick<Condition, "status" | "reason" | "message"> | undefined;
  /** Whether every ready proxy enforces the newest configuration, in the words of the condition Programmed. */
  readonly programmed: Pick<Condition, "status" | "reason" | "message">;
  /** Listeners that the proxies could not open, by `kind/namespace/name/listener`, and why. Default: none. */
  readonly unavailable?: ReadonlyMap<string, string>;
}

export interface GatewayStatusAddress {
  readonly type: "IPAddress" | "Hostname";
  readonly value: string;
  /** From where it is reached (GEP-5093). */
  readonly routability: string;
}

/**
 * Fills in what attaching left open: Programmed of a Gateway, or of a ListenerSet whose listeners the proxies of its
 * Gateway open, and of the listeners.
 *
 * @param parent `kind/namespace/name`.
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
