import { limitedMessage } from "../../../lib/printing/limited.ts";
import type { ConnectedProxy } from "../stream/server.ts";
import { type Assignment, isDefault, toldRequest } from "./addresses.ts";
import type { GatewayFacts } from "./status/facts.ts";

/** What is known of a Gateway's proxies when its condition Programmed is told. */
export interface Known {
  /** Those that are connected. */
  readonly proxies: readonly ConnectedProxy[];
  /** `status.readyReplicas` of their Deployment. */
  readonly ready: number;
  /** What keeps the Deployment from being made or its pods from starting, if that is known. */
  readonly trouble?: string | undefined;
  /** What the API server does not let be made of what the proxies are to be, if anything. */
  readonly refusal?: { readonly status: number; readonly message: string } | undefined;
  readonly assignment: Assignment;
  /** The API server has answered for what the proxies are made of as it is to be now. */
  readonly applied: boolean;
  /** The Gateway was programmed, and is on its way to be so again since a moment ago. */
  readonly settling: boolean;
}

type Programmed = GatewayFacts["programmed"];

/**
 * The condition Programmed of a Gateway: True when it has an address and every one that it names, a proxy is ready, and
 * every proxy that is connected enforces the newest configuration. While a change is on its way it stays as it was
 * (`Settling`).
 */
export function programmedOf({ proxies, ready, trouble, refusal, assignment, applied, settling }: Known): Programmed {
  const refused = proxies.filter(({ error }) => error !== undefined);
  if (refused.length > 0)
    return no("Invalid", refused.map(({ instance, error }) => `${instance}: ${error}`).join("; "));
  // Proxies that run already go on as they are; but they are not what is declared.
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
 * The condition AddressesAssigned (GEP-5093), of the addresses alone; undefined as long as the load balancer owes an
 * answer.
 */
export function addressesAssigned(assignment: Assignment): Programmed | undefined {
  const { met, missing, pending } = assignment;
  if (pending) return undefined;
  if (missing.length === 0) {
    return { status: "True", reason: "AddressesAssigned", message: "The Gateway has the addresses that it asks for." };
  }
  return no(met === 0 ? "NotAssigned" : "PartiallyAssigned", notGiven(assignment));
}

/** For so long after a controller has begun to lead, in milliseconds, proxies that are ready may be on their way to it. */
export const takeover = 30_000;

/**
 * Whether what was told of a Gateway before is better known than what this controller has found: it leads since a moment
 * ago, and the proxies that serve have not come to it yet, or not told what they enforce. A condition that turned for
 * that would say that a change of the leader is an outage.
 *
 * @param ready proxies that are ready.
 * @param since milliseconds for which it leads.
 */
export function standsAsTold({ status }: Programmed, ready: number, since: number): boolean {
  return status === "Unknown" && ready > 0 && since < takeover;
}
