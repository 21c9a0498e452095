import type { ApiClient } from "./api-client.ts";
import { network } from "./network.ts";
import { sleep } from "./run.ts";

/** The fields of a Service that are read. */
export interface Service {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly spec: { readonly type?: string; readonly loadBalancerIP?: string };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

interface ServiceList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Service[];
}

const services = "/api/v1/services";
const range = `${network.loadBalancers}1 to ${network.loadBalancers}254`;
const allTaken = `All addresses from ${range} are taken.`;

/**
 * Assigns an address to every Service of type LoadBalancer, as a cloud does: the one that `spec.loadBalancerIP`
 * requests, or none if that is impossible, which an Event reports. kube-proxy does the rest, for TCP and UDP. Runs
 * until the process ends; retries while the API server is down.
 */
export async function balanceLoad(api: ApiClient): Promise<never> {
  const refused = new Set<string>();
  for (;;) {
    try {
      const { metadata, items } = await api.get<ServiceList>(services);
      for (const change of changesFor(items)) await carryOut(api, change, refused);
      await api.changed(services, metadata.resourceVersion);
    } catch {
      await sleep(250);
    }
  }
}

/** The change to write for one Service: its address, the removal of its address, or why it gets none. */
export interface Change {
  readonly service: Service;
  readonly address?: string;
  readonly refusal?: string;
}

/** Returns the changes for all Services. Existing addresses stay, then requested ones are assigned, then the others. */
export function changesFor(all: readonly Service[]): Change[] {
  const taken = new Set(all.filter(isBalanced).flatMap((service) => addressOf(service) ?? []));
  const waiting = all.filter((service) => isBalanced(service) && addressOf(service) === undefined);
  const [asking, others] = [waiting.filter(asksForAddress), waiting.filter((service) => !asksForAddress(service))];
  return [
    ...all
      .filter((service) => !isBalanced(service) && addressOf(service) !== undefined)
      .map((service): Change => ({ service })),
    ...[...asking, ...others].map((service): Change => {
      const wanted = service.spec.loadBalancerIP;
      const address = asksForAddress(service) ? wanted : firstFree(taken);
      const refusal = refusalOf(address, taken);
      if (address === undefined || refusal !== undefined) return { service, refusal: refusal ?? allTaken };
      taken.add(address);
      return { service, address };
    }),
  ];
}

const isBalanced = ({ spec }: Service): boolean => spec.type === "LoadBalancer";
const addressOf = ({ status }: Service): string | undefined => status?.loadBalancer?.ingress?.[0]?.ip;
const asksForAddress = ({ spec }: Service): boolean => (spec.loadBalancerIP ?? "") !== "";

function firstFree(taken: ReadonlySet<string>): string | undefined {
  for (let last = 1; last < 255; last++) {
    const address = `${network.loadBalancers}${last}`;
    if (!taken.has(address)) return address;
  }
  return undefined;
}

function refusalOf(address: string | undefined, taken: ReadonlySet<string>): string | undefined {
  if (address === undefined) return allTaken;
  if (!isInRange(address)) return `The address ${address} cannot be given: this cluster has ${range}.`;
  return taken.has(address) ? `The address ${address} cannot be given: another Service has it.` : undefined;
}

function isInRange(address: string): boolean {
  if (!address.startsWith(network.loadBalancers)) return false;
  const last = address.slice(network.loadBalancers.length);
  return /^[1-9]\d{0,2}$/.test(last) && Number(last) < 255;
}

async function carryOut(api: ApiClient, { service, address, refusal }: Change, refused: Set<string>): Promise<void> {
  const { namespace, name, uid } = service.metadata;
  if (refusal !== undefined) {
    const known = `${uid} ${refusal}`;
    if (!refused.has(known)) await tell(api, service, refusal);
    refused.add(known);
    return;
  }
  const ingress = address === undefined ? null : [{ ip: address }];
  const path = `/api/v1/namespaces/${namespace}/services/${name}/status`;
  await api.call("PATCH", path, { status: { loadBalancer: { ingress } } }, "application/merge-patch+json");
}

async function tell(api: ApiClient, { metadata: { namespace, name, uid } }: Service, message: string): Promise<void> {
  const now = new Date().toISOString();
  await api.call("POST", `/api/v1/namespaces/${namespace}/events`, {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Service", namespace, name, uid },
    type: "Warning",
    reason: "AddressRefused",
    message,
    source: { component: "load-balancer" },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  });
}
