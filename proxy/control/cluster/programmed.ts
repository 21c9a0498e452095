import { isIPv6, SocketAddress } from "node:net";
import type { ConnectedProxy } from "../stream/server.ts";
import type { GatewayFacts, GatewayStatusAddress } from "./status/facts.ts";

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
  /** What the Service has. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** `spec.addresses` of the Gateway that name a value: it wants each of them. */
  readonly requested: readonly string[];
  /** A newer configuration was published a moment ago, and the one before was enforced. */
  readonly settling: boolean;
}

type Programmed = GatewayFacts["programmed"];

/**
 * The condition Programmed of a Gateway: True when it has an address and all that it asks for, a proxy is ready, and
 * every proxy that is connected enforces the newest configuration. While a change is on its way it stays as it was: that
 * takes milliseconds, and a condition that flickers with each route is worth nothing.
 */
export function programmedOf({ proxies, ready, trouble, refusal, addresses, requested, settling }: Known): Programmed {
  const refused = proxies.filter(({ error }) => error !== undefined);
  if (refused.length > 0)
    return no("Invalid", refused.map(({ instance, error }) => `${instance}: ${error}`).join("; "));
  // Proxies that run already go on as they are; but they are not what is declared.
  if (refusal !== undefined) return no(refusal.status === 403 ? "NoResources" : "Invalid", refusal.message);
  if (trouble !== undefined && ready === 0) return no("NoResources", trouble);
  const missing = requested.filter((value) => !addresses.some((address) => isSameAddress(address.value, value)));
  if (missing.length > 0) return no("AddressNotUsable", notGiven(missing, addresses));
  if (proxies.length === 0) return pending("No proxy is connected yet.");
  if (ready === 0) return pending("No proxy is ready yet.");
  if (addresses.length === 0) return no("AddressNotAssigned", "The Service has no address yet.");
  const current = proxies.filter((proxy) => proxy.current).length;
  if (current < proxies.length && !settling) {
    return pending(`${current} of ${proxies.length} proxies enforce the newest configuration.`);
  }
  return { status: "True", reason: "Programmed", message: "Every proxy enforces the configuration." };
}

/** The text of an IPv6 address may be any of several (RFC 5952); names of hosts have no case. */
function isSameAddress(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address.toLowerCase();
}

function notGiven(missing: readonly string[], given: readonly GatewayStatusAddress[]): string {
  const has = given.length === 0 ? "no address" : given.map(({ value }) => value).join(", ");
  return `The Gateway asks for ${missing.join(", ")}, and its Service has ${has}. A Service gets one address of those that it asks for.`;
}

function no(reason: string, message: string): Programmed {
  return { status: "False", reason, message: message.slice(0, 1_000) };
}

function pending(message: string): Programmed {
  return { status: "Unknown", reason: "Pending", message };
}
