import type { AttachedRoute, ListenerAttachment } from "../attach/attachment.ts";
import { type ControllerProfile, standardProtocols } from "../attach/controller-profile.ts";
import { compareHostnames } from "../attach/hostnames.ts";
import type { HostIR, ListenerIR, ListenerTlsIR, PortIR, ProtocolIR } from "../ir.ts";
import { type HashedRule, lowerRules } from "./rules.ts";

/** A lowered listener with its port, and the rules that it uses. */
export interface LoweredListener {
  readonly port: number;
  readonly protocol: ProtocolIR;
  readonly listener: ListenerIR;
  readonly rules: readonly HashedRule[];
}

/**
 * Lowers one listener with its attached routes, oldest first. A listener has hosts only if it may carry HTTP: protocols
 * HTTP, HTTPS, and any opaque protocol.
 */
export function lowerListener(
  listener: ListenerAttachment,
  routes: readonly AttachedRoute[],
  profile: ControllerProfile,
): LoweredListener {
  const { spec, parent } = listener;
  const protocol = protocolOf(spec.protocol);
  const http = protocol === "HTTP" || protocol === "HTTPS" || protocol === "Opaque" ? httpRoutes(routes) : [];
  const tls = lowerTls(listener, protocol);
  return {
    port: spec.port,
    protocol,
    listener: {
      name: spec.name,
      parent,
      ...(spec.hostname ? { hostname: spec.hostname.toLowerCase() } : {}),
      ...(tls === undefined ? {} : { tls }),
      ...(protocol === "Opaque" && { opaqueProtocol: spec.protocol }),
      hosts: lowerHosts(http, profile),
    },
    rules: http.flatMap(({ route }) => lowerRules(route, profile)),
  };
}

function httpRoutes(routes: readonly AttachedRoute[]): readonly AttachedRoute[] {
  return routes.filter(({ route: { declared } }) => ["HTTPRoute", "GRPCRoute"].includes(declared.object.kind));
}

/** Returns one entry for each pair of effective hostname and route hostname. See `ListenerIR.hosts`. */
function lowerHosts(routes: readonly AttachedRoute[], profile: ControllerProfile): readonly HostIR[] {
  const found = new Map<
    string,
    { readonly hostname: string; readonly routeHostname: string; readonly rules: string[] }
  >();
  for (const { route, hostnames } of routes) {
    const hashes = lowerRules(route, profile).map(({ hash }) => hash);
    if (hashes.length === 0) continue;
    for (const { hostname, routeHostname } of hostnames) {
      const key = `${hostname} ${routeHostname}`;
      const host = found.get(key);
      if (host === undefined) found.set(key, { hostname, routeHostname, rules: [...hashes] });
      else host.rules.push(...hashes);
    }
  }
  return [...found.values()]
    .sort((a, b) => compareHostnames(a.hostname, b.hostname) || compareHostnames(a.routeHostname, b.routeHostname))
    .map(({ hostname, routeHostname, rules }) =>
      hostname === routeHostname ? { hostname, rules } : { hostname, routeHostname, rules },
    );
}

function lowerTls(listener: ListenerAttachment, protocol: ProtocolIR): ListenerTlsIR | undefined {
  if (protocol !== "HTTPS" && protocol !== "TLS") return undefined;
  const { certificates, clientValidation, tlsOptions } = listener;
  return {
    mode: listener.spec.tls?.mode === "Passthrough" ? "Passthrough" : "Terminate",
    certificates,
    ...(clientValidation === undefined ? {} : { clientValidation }),
    ...(tlsOptions === undefined ? {} : { options: tlsOptions }),
  };
}

/**
 * Groups listeners by port, ports in ascending order, TCP before UDP. Listeners keep their order of precedence. If
 * HTTPS and TLS listeners share a port, the port's protocol is HTTPS and the TLS listeners carry their own `protocol`.
 * Listeners of an opaque protocol that share a port with a protocol of the API carry their own `protocol` too.
 */
export function lowerPorts(listeners: readonly LoweredListener[]): readonly PortIR[] {
  const found = new Map<string, { readonly port: number; readonly listeners: LoweredListener[] }>();
  for (const one of listeners) {
    const key = `${one.protocol === "UDP" ? "UDP" : "TCP"} ${one.port}`;
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { port: one.port, listeners: [one] });
    else entry.listeners.push(one);
  }
  return [...found]
    .sort(([a, { port }], [b, { port: other }]) => port - other || (a < b ? -1 : 1))
    .map(([, { port, listeners: sharing }]) => lowerPort(port, sharing));
}

function lowerPort(port: number, sharing: readonly LoweredListener[]): PortIR {
  const protocols = sharing.map((one) => one.protocol);
  const ofApi = protocols.find((one) => one !== "Opaque");
  const protocol = protocols.includes("HTTPS") ? "HTTPS" : (ofApi ?? "Opaque");
  return {
    port,
    protocol,
    listeners: sharing.map((one) =>
      one.protocol === protocol ? one.listener : { ...one.listener, protocol: one.protocol },
    ),
  };
}

/** Attaching has refused every other protocol, unless the profile is open. */
function protocolOf(protocol: string): ProtocolIR {
  return standardProtocols.find((known) => known === protocol) ?? "Opaque";
}
