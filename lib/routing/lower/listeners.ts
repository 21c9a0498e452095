import type { AttachedRoute, ListenerAttachment } from "../attach/attachment.ts";
import { compareHostnames } from "../attach/hostnames.ts";
import type { HostIR, ListenerIR, ListenerTlsIR, PortIR, ProtocolIR } from "../ir.ts";
import { type HashedRule, lowerRules } from "./rules.ts";

/** A listener, and the rules that it uses. */
export interface LoweredListener {
  readonly port: number;
  readonly protocol: ProtocolIR;
  readonly listener: ListenerIR;
  readonly rules: readonly HashedRule[];
}

/**
 * Lowers one listener with the routes attached to it, oldest first. Hosts are for HTTP: a listener of another protocol
 * has none.
 */
export function lowerListener(listener: ListenerAttachment, routes: readonly AttachedRoute[]): LoweredListener {
  const { spec, parent } = listener;
  const protocol = protocolOf(spec.protocol);
  const http = protocol === "HTTP" || protocol === "HTTPS" ? routes : [];
  const tls = lowerTls(listener, protocol);
  return {
    port: spec.port,
    protocol,
    listener: {
      name: spec.name,
      parent,
      ...(spec.hostname ? { hostname: spec.hostname.toLowerCase() } : {}),
      ...(tls === undefined ? {} : { tls }),
      hosts: lowerHosts(http),
    },
    rules: http.flatMap(({ route }) => lowerRules(route)),
  };
}

/** One entry for each hostname and hostname of a route that led to it; see `ListenerIR.hosts`. */
function lowerHosts(routes: readonly AttachedRoute[]): readonly HostIR[] {
  const found = new Map<
    string,
    { readonly hostname: string; readonly routeHostname: string; readonly rules: string[] }
  >();
  for (const { route, hostnames } of routes) {
    const hashes = lowerRules(route).map(({ hash }) => hash);
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
 * Ports in ascending order, TCP before UDP; listeners in their order of precedence. Where HTTPS and TLS share a port it
 * counts as HTTPS, and the TLS listeners say that they are of another protocol.
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
  const protocol = protocols.includes("HTTPS") ? "HTTPS" : (protocols[0] ?? "TCP");
  return {
    port,
    protocol,
    listeners: sharing.map((one) =>
      one.protocol === protocol ? one.listener : { ...one.listener, protocol: one.protocol },
    ),
  };
}

/** Attaching has refused every other protocol. */
function protocolOf(protocol: string): ProtocolIR {
  return protocol === "HTTP" || protocol === "HTTPS" || protocol === "TLS" || protocol === "UDP" ? protocol : "TCP";
}
