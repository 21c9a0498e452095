import type { GatewayIR, Hash, ListenerIR, PortIR } from "../ir.ts";
import { buildSplit } from "../split.ts";
import { compileMatches } from "./conditions.ts";
import { HostTable } from "./hosts.ts";
import type { GatewayIndex, HostPaths, IndexedListener, IndexedRule, ListenerIndex, PortIndex } from "./model.ts";
import { indexPaths } from "./paths.ts";

/**
 * Builds the index of one Gateway: for every host its listener, the hostnames to try, and their rules by path.
 *
 * @param previous the index that the new one replaces. Unchanged rules (by content hash) and hosts (by their list of
 * rules) are reused, so the cost of a change is about that of the hosts that it affects.
 */
export function buildIndex(ir: GatewayIR, previous?: GatewayIndex): GatewayIndex {
  const rules = new Map<Hash, IndexedRule>();
  const ports = new Map<number, PortIndex>();
  for (const port of ir.ports) {
    if (port.protocol !== "UDP") ports.set(port.port, indexPort(port, ir, rules, previous));
  }
  const problems = [];
  for (const rule of rules.values()) problems.push(...rule.problems);
  return { gateway: ir.gateway, ports, rules, problems };
}

function indexPort(port: PortIR, ir: GatewayIR, rules: Map<Hash, IndexedRule>, previous?: GatewayIndex): PortIndex {
  const before = previous?.ports.get(port.port);
  for (const { hosts } of port.listeners) {
    for (const host of hosts) for (const hash of host.rules) indexRule(hash, ir, rules, previous);
  }
  const listeners = port.listeners.map((listener) => indexListener(listener, rules, before, previous));
  if (before?.protocol === port.protocol && isSameList(before.listeners, listeners)) return before;
  const byHostname = new Map<string, ListenerIndex>();
  for (const index of listeners) {
    const hostname = index.listener.hostname ?? "*";
    // Attachment admits one listener for each hostname of a port. If there are two all the same, the first one wins.
    if (!byHostname.has(hostname)) byHostname.set(hostname, index);
  }
  return { port: port.port, protocol: port.protocol, listeners, byHost: new HostTable(byHostname) };
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

function indexListener(
  ir: ListenerIR,
  rules: ReadonlyMap<Hash, IndexedRule>,
  before: PortIndex | undefined,
  previous: GatewayIndex | undefined,
): ListenerIndex {
  const known = before?.listeners.find(({ listener }) => isSameListener(listener, ir));
  const listener = known?.listener ?? {
    name: ir.name,
    parent: ir.parent,
    ...(ir.hostname !== undefined && { hostname: ir.hostname }),
  };
  const changed = new Set<string>();
  const hosts = ir.hosts.map(({ hostname, rules: listed }) => {
    const former = known?.byHost.at(hostname) ?? [];
    const same = former.find((host) => isSameList(host.rules, listed));
    // If a hostname is listed more than once, the order of its entries counts too.
    if (same === undefined || former.length > 1) changed.add(hostname);
    if (same !== undefined) return same;
    const [host] = former;
    return indexPaths(
      { listener, hostname, rules: listed },
      rules,
      host && previous && { host, rules: previous.rules },
    );
  });
  if (known !== undefined && isSameList(known.hosts, hosts)) return known;
  const listed = new Set(ir.hosts.map(({ hostname }) => hostname));
  for (const { hostname } of known?.hosts ?? []) if (!listed.has(hostname)) changed.add(hostname);
  return { listener, hosts, byHost: new HostTable(entriesOf(changed, hosts), known?.byHost) };
}

/** Maps each of `hostnames` to its entries among `hosts`, or to undefined if it has none. */
function entriesOf(hostnames: ReadonlySet<string>, hosts: readonly HostPaths[]): Map<string, HostPaths[] | undefined> {
  const entries = new Map<string, HostPaths[] | undefined>();
  for (const hostname of hostnames) entries.set(hostname, undefined);
  for (const host of hosts) {
    if (!hostnames.has(host.hostname)) continue;
    const own = entries.get(host.hostname);
    if (own === undefined) entries.set(host.hostname, [host]);
    else own.push(host);
  }
  return entries;
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

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}
