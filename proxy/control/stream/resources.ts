import { createHash } from "node:crypto";
import type { GatewayIR, HostIR, ListenerIR, PortIR } from "../../../lib/routing/ir.ts";
import type { KeyPairs, TrustAnchors } from "../../dataplane/tls/key-pairs.ts";

/** What one proxy enforces. */
export interface Enforced {
  readonly ir: GatewayIR;
  readonly keyPairs: KeyPairs;
  readonly trustAnchors: TrustAnchors;
}

/** One part of a configuration as it is sent: small enough that a change costs what it changes. */
export interface Resource {
  /** By its content: the same for every process that makes the same part. */
  readonly hash: string;
  /** JSON. */
  readonly body: string;
}

/** The parts of a configuration by name: `gateway`, `host/…`, `rule/…`, `backend/…`, `endpoints/…`, `keys/…`, `anchors/…`. */
export type Resources = ReadonlyMap<string, Resource>;

/** A listener without its hosts, which are parts of their own. */
export type ListenerPart = Omit<ListenerIR, "hosts">;
export type PortPart = Omit<PortIR, "listeners"> & { readonly listeners: readonly ListenerPart[] };
export type GatewayPart = Pick<GatewayIR, "version" | "gateway"> & { readonly ports: readonly PortPart[] };

/** @param previous whose parts are taken over where they are the same, so that no hash is made twice. */
export function resourcesOf({ ir, keyPairs, trustAnchors }: Enforced, previous: Resources = new Map()): Resources {
  const parts = new Map<string, Resource>();
  const add = (name: string, value: unknown) => {
    const body = JSON.stringify(value);
    const known = previous.get(name);
    parts.set(name, known?.body === body ? known : { body, hash: hashOf(body) });
  };
  add("gateway", gatewayPart(ir));
  for (const port of ir.ports) {
    for (const listener of port.listeners) {
      for (const host of listener.hosts) add(hostName(port, listener, host), host);
    }
  }
  for (const [hash, rule] of Object.entries(ir.rules)) add(`rule/${hash}`, rule);
  for (const [key, { endpoints, ...backend }] of Object.entries(ir.backends)) {
    add(`backend/${key}`, backend);
    if (endpoints !== undefined) add(`endpoints/${key}`, endpoints);
  }
  for (const [name, pair] of keyPairs) add(`keys/${name}`, pair);
  for (const [name, certificates] of trustAnchors) add(`anchors/${name}`, certificates);
  return parts;
}

function gatewayPart({ version, gateway, ports }: GatewayIR): GatewayPart {
  const withoutHosts = ({ hosts: _, ...listener }: ListenerIR): ListenerPart => listener;
  return { version, gateway, ports: ports.map((port) => ({ ...port, listeners: port.listeners.map(withoutHosts) })) };
}

/** Hosts of one listener stand under one name, which no other listener of the Gateway has. */
export function listenerName({ port, protocol }: PortPart | PortIR, { parent, name }: ListenerPart): string {
  const transport = protocol === "UDP" ? "UDP" : "TCP";
  return `${transport}/${port}/${parent.kind}/${parent.namespace}/${parent.name}/${name}`;
}

function hostName(port: PortIR, listener: ListenerIR, { hostname, routeHostname = hostname }: HostIR): string {
  return `host/${listenerName(port, listener)}/${hostname}/${routeHostname}`;
}

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("base64url").slice(0, 22);
}
