import type { ListenerSpec } from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";

/** The protocol family and the hostnames that listeners have claimed on a port. */
interface PortClaim {
  readonly family: Family;
  readonly hostnames: Set<string>;
}

/** Listeners of one family can share a port if their hostnames differ. TCP and UDP listeners have no hostnames. */
type Family = "clear text HTTP" | "TLS" | "TCP" | "UDP";

/** The ports that the listeners judged so far have claimed, keyed by transport and number. */
export type ClaimedPorts = Map<string, PortClaim>;

/**
 * Finds the listeners of one Gateway or ListenerSet that are not distinct, and claims the ports of the others. A
 * listener loses against `claimed`, the ports of the Gateway or of older ListenerSets. Among `listeners` no listener
 * wins: all that conflict are in conflict (GatewaySpec.listeners, "Handling indistinct Listeners"). A listener whose
 * protocol is not served can lose a port but claims none.
 *
 * @param listeners the listeners with a protocol of the API, by their index in the spec.
 */
export function findConflicts(
  listeners: ReadonlyMap<number, ListenerSpec>,
  isServed: (listener: ListenerSpec) => boolean,
  claimed: ClaimedPorts,
): ReadonlyMap<number, ConditionProblem> {
  const conflicts = new Map<number, ConditionProblem>();
  const own = new Map<string, [number, ListenerSpec][]>();
  for (const [index, listener] of listeners) {
    const port = portOf(listener);
    const lost = conflictWithEarlier(listener, index, claimed.get(port));
    if (lost !== undefined) conflicts.set(index, lost);
    else if (isServed(listener)) own.set(port, [...(own.get(port) ?? []), [index, listener]]);
  }
  for (const [port, sharing] of own) {
    for (const [index, listener] of sharing) {
      const conflict = conflictAmongEquals(listener, index, sharing);
      if (conflict !== undefined) conflicts.set(index, conflict);
      claim(claimed, port, listener);
    }
  }
  return conflicts;
}

function claim(claimed: ClaimedPorts, port: string, listener: ListenerSpec): void {
  const held = claimed.get(port) ?? { family: familyOf(listener), hostnames: new Set() };
  held.hostnames.add(hostnameOf(listener));
  claimed.set(port, held);
}

function conflictWithEarlier(
  listener: ListenerSpec,
  index: number,
  held: PortClaim | undefined,
): ConditionProblem | undefined {
  if (held === undefined) return undefined;
  const { port, protocol } = listener;
  if (held.family !== familyOf(listener) || !sharesByHostname(held.family)) {
    const message = `Port ${port} is taken for ${held.family} by the Gateway or by a ListenerSet that comes first.`;
    return { code: "GW2203", field: `spec.listeners[${index}].port`, message, given: `${protocol} on port ${port}` };
  }
  return held.hostnames.has(hostnameOf(listener))
    ? hostnameConflict(listener, index, "the Gateway or a ListenerSet that comes first")
    : undefined;
}

function conflictAmongEquals(
  listener: ListenerSpec,
  index: number,
  sharing: readonly [number, ListenerSpec][],
): ConditionProblem | undefined {
  const others = sharing.filter(([other]) => other !== index).map(([, other]) => other);
  const excluding = others.filter(
    (other) => familyOf(other) !== familyOf(listener) || !sharesByHostname(familyOf(listener)),
  );
  if (excluding.length > 0) {
    const { port, protocol } = listener;
    const message = `${protocol} cannot share port ${port} with ${named(excluding)}.`;
    return { code: "GW2203", field: `spec.listeners[${index}].port`, message, given: `${protocol} on port ${port}` };
  }
  const same = others.filter((other) => hostnameOf(other) === hostnameOf(listener));
  return same.length > 0 ? hostnameConflict(listener, index, named(same)) : undefined;
}

function hostnameConflict(listener: ListenerSpec, index: number, holder: string): ConditionProblem {
  const hostname = hostnameOf(listener);
  const what = hostname === "*" ? "Requests for every hostname" : `Requests for ${hostname}`;
  return {
    code: "GW2204",
    field: `spec.listeners[${index}].hostname`,
    message: `${what} on port ${listener.port} would lead to this listener and to ${holder}.`,
    given: hostname,
  };
}

function named(listeners: readonly ListenerSpec[]): string {
  return listeners.map(({ name, protocol }) => `listener ${name} (${protocol})`).join(" and ");
}

function familyOf({ protocol }: ListenerSpec): Family {
  if (protocol === "TCP" || protocol === "UDP") return protocol;
  return protocol === "HTTP" ? "clear text HTTP" : "TLS";
}

function sharesByHostname(family: Family): boolean {
  return family === "clear text HTTP" || family === "TLS";
}

/** Keys a port by transport: TCP and UDP ports of one number are independent, and only UDP listeners use UDP. */
function portOf({ protocol, port }: ListenerSpec): string {
  return protocol === "UDP" ? `udp/${port}` : `tcp/${port}`;
}

function hostnameOf({ hostname }: ListenerSpec): string {
  return hostname?.toLowerCase() || "*";
}
