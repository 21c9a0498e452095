import { createHash } from "node:crypto";
import type { GatewayIR, HostIR, ListenerIR, PortIR } from "../../../lib/routing/ir.ts";
import type { KeyPairs, TrustAnchors } from "../../dataplane/tls/key-pairs.ts";

/** The configuration that one proxy enforces. */
export interface EnforcedResources {
  readonly ir: GatewayIR;
  readonly keyPairs: KeyPairs;
  readonly trustAnchors: TrustAnchors;
}

/** One part of a configuration, small enough that a change costs little more than what it changes. */
export interface StreamResource {
  /** A hash of the content, so that every controller process gives equal parts equal hashes. */
  readonly hash: string;
  /** JSON. */
  readonly body: string;
}

/** The parts of a configuration by name: `gateway`, `host/…`, `rule/…`, `backend/…`, `endpoints/…`, `keys/…`, `anchors/…`. */
export type StreamResources = ReadonlyMap<string, StreamResource>;

/** A listener without its hosts, which are separate parts. */
export type ListenerPart = Omit<ListenerIR, "hosts">;
export type PortPart = Omit<PortIR, "listeners"> & { readonly listeners: readonly ListenerPart[] };
export type GatewayPart = Pick<GatewayIR, "version" | "gateway"> & { readonly ports: readonly PortPart[] };

/**
 * Divides a configuration into parts.
 *
 * @param previous the parts before. Unchanged ones are reused, so that they are not hashed again.
 */
export function resourcesOf(
  { ir, keyPairs, trustAnchors }: EnforcedResources,
  previous: StreamResources = new Map(),
): StreamResources {
  const parts = new Map<string, StreamResource>();
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

/** Returns the prefix of a listener's hosts in names of parts. It is unique within the Gateway. */
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
