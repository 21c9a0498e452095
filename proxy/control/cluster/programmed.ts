import { limitedMessage } from "../../../lib/printing/limited.ts";
import type { ConnectedProxy } from "../stream/server.ts";
import { type Assignment, isDefault, toldRequest } from "./addresses.ts";
import type { GatewayFacts } from "./status/facts.ts";

/** The facts from which the condition Programmed of a Gateway is decided. */
export interface Known {
  /** The proxies that are connected. */
  readonly proxies: readonly ConnectedProxy[];
  /** `status.readyReplicas` of their Deployment. */
  readonly ready: number;
  /** Why the Deployment cannot be made, or why its pods do not start, if that is known. */
  readonly trouble?: string | undefined;
  /** The refusal of one of the proxies' objects by the API server, if there is one. */
  readonly refusal?: { readonly status: number; readonly message: string } | undefined;
  readonly assignment: Assignment;
  /** The API server has answered for the proxies' current objects. */
  readonly applied: boolean;
  /** The Gateway was programmed, and a recent change is still on its way (`Settling`). */
  readonly settling: boolean;
}

type Programmed = GatewayFacts["programmed"];

/**
 * Decides the condition Programmed of a Gateway. It is True when the Gateway has an address and every address that its
 * spec names, a proxy is ready, and every connected proxy enforces the newest configuration. While a change is on its
 * way, it stays as it was (`Settling`).
 */
export function programmedOf({ proxies, ready, trouble, refusal, assignment, applied, settling }: Known): Programmed {
  const refused = proxies.filter(({ error }) => error !== undefined);
  if (refused.length > 0)
    return no("Invalid", refused.map(({ instance, error }) => `${instance}: ${error}`).join("; "));
  // Running proxies continue to serve, but they are not what is declared.
  if (refusal !== undefined) return no(refusal.status === 403 ? "NoResources" : "Invalid", refusal.message);
  if (trouble !== undefined && ready === 0) return no("NoResources", trouble);
  if (assignment.missing.some((request) => isDefault(request) && request.value !== undefined)) {
    return no("AddressNotUsable", `${notGiven(assignment)} A load balancer gets one address of those that are named.`);
  }
  if (!applied && !settling) return pending("The API server has not taken what the proxies are made of yet.");
  if (proxies.length === 0 && !settling) return pending("No proxy is connected yet.");
  if (ready === 0) return pending("No proxy is ready yet.");
  if (assignment.met === 0) {
    return no("AddressNotAssigned", assignment.pending ? "The Service has no address yet." : notGiven(assignment));
  }
  const current = proxies.filter((proxy) => proxy.current).length;
  if (current < proxies.length && !settling) {
    return pending(`${current} of ${proxies.length} proxies enforce the newest configuration.`);
  }
  return { status: "True", reason: "Programmed", message: "Every proxy enforces the configuration." };
}

function notGiven({ missing, addresses }: Assignment): string {
  const has = addresses.length === 0 ? "no address" : addresses.map(({ value }) => value).join(", ");
  return `The Gateway asks for ${missing.map(toldRequest).join(", ")}, and its Service has ${has}.`;
}

function no(reason: string, message: string): Programmed {
  return { status: "False", reason, message: limitedMessage(message, 1_000) };
}

function pending(message: string): Programmed {
  return { status: "Unknown", reason: "Pending", message };
}

/**
 * Decides the condition AddressesAssigned (GEP-5093), which concerns the addresses alone; undefined until the load
 * balancer has reported an address.
 */
export function addressesAssigned(assignment: Assignment): Programmed | undefined {
  const { met, missing, pending } = assignment;
  if (pending) return undefined;
  if (missing.length === 0) {
    return { status: "True", reason: "AddressesAssigned", message: "The Gateway has the addresses that it asks for." };
  }
  return no(met === 0 ? "NotAssigned" : "PartiallyAssigned", notGiven(assignment));
}

/** Milliseconds after a controller has begun to lead during which ready proxies may not have connected to it yet. */
export const takeover = 30_000;

/**
 * Returns whether the previous condition of a Gateway stays. It does while this controller has led only for a moment
 * and ready proxies have not connected to it, or have not reported what they enforce. Otherwise a change of the leader
 * would look like an outage.
 *
 * @param ready the number of ready proxies.
 * @param since milliseconds for which this controller has led.
 */
export function standsAsTold({ status }: Programmed, ready: number, since: number): boolean {
  return status === "Unknown" && ready > 0 && since < takeover;
}
