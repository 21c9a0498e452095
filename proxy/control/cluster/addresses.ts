import { isIPv6, SocketAddress } from "node:net";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { clusterRoutability, sentinelRoutability } from "../../../lib/api/kinds/own-controller.ts";
import type { GatewayAttachment } from "../../../lib/routing/attach/attachment.ts";
import type { GatewayStatusAddress } from "./status/facts.ts";

/** An entry of a Gateway's `spec.addresses`. */
export interface AddressRequest {
  readonly type: string;
  /** The wanted address. Undefined: any address of the type. */
  readonly value?: string;
  /** The wanted routability. Empty: a default address of the proxies' Service. */
  readonly routability: string;
}

/** The addresses that a Gateway gets for those that its spec requests (GEP-5093). */
export interface Assignment {
  /** The entries of `status.addresses`: one for each request that is met, in the order of the requests. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** The number of requests that are met; without requests, the number of addresses. */
  readonly met: number;
  readonly missing: readonly AddressRequest[];
  /** The load balancer has not reported an address yet, so missing addresses may still come. */
  readonly pending: boolean;
}

export function requestsOf({ declared }: GatewayAttachment): readonly AddressRequest[] {
  return (declared.object.spec.addresses ?? []).map(({ type = "IPAddress", value = "", routability = "" }) => ({
    type,
    ...(value !== "" && { value }),
    routability,
  }));
}

/** Returns whether a default address of the Service meets the request. Any other routability has to match exactly. */
export function isDefault({ routability }: AddressRequest): boolean {
  return routability === "" || routability === sentinelRoutability;
}

/**
 * Gives each request an address of its own among those of the Service. Requests that name a value go first, so that no
 * other request takes their address. Without requests, the result is the default addresses of the Service.
 */
export function assignmentOf(requests: readonly AddressRequest[], service: AnyObject | undefined): Assignment {
  const { external, internal, balanced } = addressesOf(service);
  const byDefault = balanced ? external : internal;
  const pending = service === undefined || byDefault.length === 0;
  if (requests.length === 0) return { addresses: byDefault, met: byDefault.length, missing: [], pending };
  const free = new Set([...external, ...internal]);
  const given = new Map<AddressRequest, GatewayStatusAddress>();
  for (const request of [...requests].sort((a, b) => Number(b.value !== undefined) - Number(a.value !== undefined))) {
    const candidates = isDefault(request) ? byDefault : request.routability === clusterRoutability ? internal : [];
    const found = candidates.find((address) => free.has(address) && meets(address, request));
    if (found === undefined) continue;
    free.delete(found);
    given.set(request, request.routability === "" ? found : { ...found, routability: request.routability });
  }
  const missing = requests.filter((request) => !given.has(request));
  // The proxies are still reachable at a retained address. Dropping it from the status would take it out of DNS.
  const retained = missing.some(isDefault) ? external.filter((address) => free.has(address)) : [];
  const met = requests.flatMap((request) => given.get(request) ?? []);
  return { addresses: [...met, ...retained], met: met.length, missing, pending: pending && missing.every(isDefault) };
}

/** Describes a request in words, for the message of a condition. */
export function toldRequest({ type, value, routability }: AddressRequest): string {
  const scope = routability === "" ? "" : ` of routability ${routability}`;
  return `${value === undefined ? `any ${type}` : value}${scope}`;
}

interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
}

/** Returns the addresses of a Gateway's Service: those of its load balancer, if any, and those inside the cluster. */
function addressesOf(service: AnyObject | undefined) {
  const { type, clusterIPs = [] } = (service?.spec ?? {}) as {
    readonly type?: string;
    readonly clusterIPs?: readonly string[];
  };
  const { loadBalancer } = (service?.status ?? {}) as {
    readonly loadBalancer?: { readonly ingress?: readonly Ingress[] };
  };
  const balanced = type === "LoadBalancer";
  return {
    balanced,
    external: balanced ? (loadBalancer?.ingress ?? []).flatMap(addressOf) : [],
    internal: clusterIPs
      .filter((ip) => ip !== "" && ip !== "None")
      .map((value): GatewayStatusAddress => ({ type: "IPAddress", value, routability: clusterRoutability })),
  };
}

function addressOf({ ip, hostname }: Ingress): readonly GatewayStatusAddress[] {
  if (ip !== undefined && ip !== "") return [{ type: "IPAddress", value: ip, routability: "" }];
  return hostname === undefined || hostname === "" ? [] : [{ type: "Hostname", value: hostname, routability: "" }];
}

function meets(address: GatewayStatusAddress, { type, value }: AddressRequest): boolean {
  return address.type === type && (value === undefined || canonical(address.value) === canonical(value));
}

/** Normalizes an address: an IPv6 address has several spellings (RFC 5952), and host names are case-insensitive. */
function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address.toLowerCase();
}
