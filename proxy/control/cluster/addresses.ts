import { isIPv6, SocketAddress } from "node:net";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { clusterRoutability, sentinelRoutability } from "../../../lib/api/kinds/own-controller.ts";
import type { GatewayAttachment } from "../../../lib/routing/attach/attachment.ts";
import type { GatewayStatusAddress } from "./status/facts.ts";

/** An entry of a Gateway's `spec.addresses`. */
export interface AddressRequest {
  readonly type: string;
  /** Undefined: any. */
  readonly value?: string;
  /** Empty: where the proxies' Service is reached from by default. */
  readonly routability: string;
}

/** What became of the addresses that a Gateway asks for (GEP-5093). */
export interface Assignment {
  /** What its status tells, one for each request that is met, in their order. */
  readonly addresses: readonly GatewayStatusAddress[];
  /** How many requests are met; without any, how many addresses there are. */
  readonly met: number;
  readonly missing: readonly AddressRequest[];
  /** The load balancer has not answered yet: what is missing may come. */
  readonly pending: boolean;
}

export function requestsOf({ declared }: GatewayAttachment): readonly AddressRequest[] {
  return (declared.object.spec.addresses ?? []).map(({ type = "IPAddress", value = "", routability = "" }) => ({
    type,
    ...(value !== "" && { value }),
    routability,
  }));
}

/** Whether it is met by where the Service is reached from by default; anything else has to be just what is asked for. */
export function isDefault({ routability }: AddressRequest): boolean {
  return routability === "" || routability === sentinelRoutability;
}

/**
 * Gives each request an address of its own out of those that the Service has. One that names its value comes first, so
 * that no other takes it. Without requests, all that the Service has by default.
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
  // It is reached there all the same: who takes it away takes it out of DNS.
  const retained = missing.some(isDefault) ? external.filter((address) => free.has(address)) : [];
  const met = requests.flatMap((request) => given.get(request) ?? []);
  return { addresses: [...met, ...retained], met: met.length, missing, pending: pending && missing.every(isDefault) };
}

/** In words, for a condition. */
export function toldRequest({ type, value, routability }: AddressRequest): string {
  const scope = routability === "" ? "" : ` of routability ${routability}`;
  return `${value === undefined ? `any ${type}` : value}${scope}`;
}

interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
}

/** Where a Gateway's Service is reached: by its load balancer, if it has one, and inside the cluster. */
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

/** The text of an IPv6 address may be any of several (RFC 5952); names of hosts have no case. */
function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address.toLowerCase();
}
