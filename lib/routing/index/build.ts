import type { GatewayIR, Hash, HostIR, ListenerIR, PortIR } from "../ir.ts";
import { buildSplit } from "../split.ts";
import { compileMatches } from "./conditions.ts";
import { coveringHostnames, HostTable } from "./hosts.ts";
import type {
  GatewayIndex,
  HostPaths,
  HostRouting,
  IndexedListener,
  IndexedRule,
  ListenerIndex,
  PortIndex,
} from "./model.ts";
import { indexPaths } from "./paths.ts";

/**
 * Indexes one Gateway: for every host the listener that serves it, the hostnames to try and their rules by path.
 *
 * @param previous the index this one replaces. Rules are known by content hash, hosts by the rules they list, so what
 * did not change is taken over as it is, and a change costs about as much as the hosts it touches.
 */
export function buildIndex(ir: GatewayIR, previous?: GatewayIndex): GatewayIndex {
  const rules = new Map<Hash, IndexedRule>();
  const ports = new Map<number, PortIndex>();
  for (const port of ir.ports) ports.set(port.port, indexPort(port, ir, rules, previous));
  const problems = [];
  for (const rule of rules.values()) problems.push(...rule.problems);
  return { gateway: ir.gateway, ports, rules, problems };
}

function indexPort(port: PortIR, ir: GatewayIR, rules: Map<Hash, IndexedRule>, previous?: GatewayIndex): PortIndex {
  const before = previous?.ports.get(port.port);
  for (const { hosts } of port.listeners) {
    for (const host of hosts) for (const hash of host.rules) indexRule(hash, ir, rules, previous);
  }
  const listeners = port.listeners.map((listener) => indexListener(listener, rules, before));
  const unchanged =
    before?.protocol === port.protocol &&
    before.listeners.length === listeners.length &&
    before.listeners.every((listener, i) => listener === listeners[i]);
  if (unchanged) return before;
  return { port: port.port, protocol: port.protocol, listeners, hosts: routeHosts(listeners) };
}

function indexRule(hash: Hash, ir: GatewayIR, rules: Map<Hash, IndexedRule>, previous?: GatewayIndex): void {
  const rule = ir.rules[hash];
  if (rule === undefined || rules.has(hash)) return;
  const known = previous?.rules.get(hash);
  if (known !== undefined) {
    rules.set(hash, known);
    return;
  }
  const created = Date.parse(rule.route.created ?? "");
  rules.set(hash, {
    ir: rule,
    hash,
    split: buildSplit(rule.backends.map(({ weight }) => weight)),
    created: Number.isNaN(created) ? Number.POSITIVE_INFINITY : created,
    ...compileMatches(rule),
  });
}

function indexListener(ir: ListenerIR, rules: ReadonlyMap<Hash, IndexedRule>, before?: PortIndex): ListenerIndex {
  const known = before?.listeners.find(({ listener }) => isSameListener(listener, ir));
  const listener = known?.listener ?? {
    name: ir.name,
    parent: ir.parent,
    ...(ir.hostname !== undefined && { hostname: ir.hostname }),
  };
  const knownHosts = byHostname(known?.hosts ?? []);
  const hosts = ir.hosts.map((host) => {
    const same = knownHosts.get(host.hostname)?.find((candidate) => isSameList(candidate.rules, host.rules));
    return same ?? indexPaths(listener, host.hostname, host.rules, rules);
  });
  const unchanged = known?.hosts.length === hosts.length && known.hosts.every((host, i) => host === hosts[i]);
  return unchanged ? known : { listener, hosts };
}

function isSameListener(a: IndexedListener, b: IndexedListener): boolean {
  return (
    a.name === b.name &&
    a.hostname === b.hostname &&
    a.parent.kind === b.parent.kind &&
    a.parent.namespace === b.parent.namespace &&
    a.parent.name === b.parent.name
  );
}

function isSameList(a: HostIR["rules"], b: HostIR["rules"]): boolean {
  return a === b || (a.length === b.length && a.every((hash, i) => hash === b[i]));
}

/**
 * Resolves listener isolation and the specificity of hosts for every hostname that a listener or a route names. A
 * host that none of them names has the routing of the longest wildcard that covers it, so nothing else is needed.
 */
function routeHosts(listeners: readonly ListenerIndex[]): HostTable<HostRouting> {
  const byPattern = new Map<string, { index: ListenerIndex; hosts: Map<string, HostPaths[]> }>();
  const hostnames = new Set<string>();
  for (const index of listeners) {
    const own = index.listener.hostname ?? "*";
    // Attachment admits one listener for each hostname of a port; should two come, the first stands.
    if (byPattern.has(own)) continue;
    byPattern.set(own, { index, hosts: byHostname(index.hosts) });
    hostnames.add(own);
    for (const { hostname } of index.hosts) hostnames.add(hostname);
  }
  const routed: [string, HostRouting][] = [];
  for (const hostname of hostnames) {
    const covering = coveringHostnames(hostname);
    const listener = covering.map((pattern) => byPattern.get(pattern)).find((found) => found !== undefined);
    if (listener === undefined) continue;
    const hosts = covering.flatMap((pattern) => listener.hosts.get(pattern) ?? []);
    routed.push([hostname, { listener: listener.index.listener, hosts }]);
  }
  return new HostTable(routed);
}

/** A listener may list a hostname more than once: its entries are tried in the order listed. */
function byHostname(hosts: readonly HostPaths[]): Map<string, HostPaths[]> {
  const groups = new Map<string, HostPaths[]>();
  for (const host of hosts) {
    const group = groups.get(host.hostname);
    if (group === undefined) groups.set(host.hostname, [host]);
    else group.push(host);
  }
  return groups;
}
