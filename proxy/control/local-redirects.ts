import { standInCodes } from "../../lib/findings/catalog/stand-ins.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { Attachment } from "../../lib/routing/attach/attachment.ts";
import { referenceOf } from "../../lib/routing/attach/findings.ts";
import type { FilterIR, GatewayIR, RuleIR } from "../../lib/routing/ir.ts";
import type { LocalSocket } from "../dataplane/routing/snapshot.ts";

type Redirect = Extract<FilterIR, { type: "RequestRedirect" }>;

const wellKnownPorts = { http: 80, https: 443 } as const;

/**
 * Rewrites redirects to a port of the same Gateway to the local port where it is bound, so that clients can follow
 * them. A redirect to a host that no listener of the port serves, or to a port that the Gateway does not have, is
 * unchanged.
 */
export function withLocalRedirects(
  gateways: readonly GatewayIR[],
  sockets: readonly LocalSocket[],
): readonly GatewayIR[] {
  return gateways.map((gateway) => {
    const keys = new Map<string, string>();
    const rules = Object.entries(gateway.rules).map(([key, rule]) => {
      const filters = rule.filters.map((filter) => localFilter(filter, gateway, sockets));
      if (filters.every((filter, index) => filter === rule.filters[index])) return [key, rule] as const;
      const local = { ...rule, filters };
      // A key identifies the content of a rule, so a changed port needs a changed key.
      const localKey = `${key}:${portOf(local)}`;
      keys.set(key, localKey);
      return [localKey, local] as const;
    });
    return keys.size === 0 ? gateway : { ...withRuleKeys(gateway, keys), rules: Object.fromEntries(rules) };
  });
}

function withRuleKeys(gateway: GatewayIR, keys: ReadonlyMap<string, string>): GatewayIR {
  const renamed = (key: string) => keys.get(key) ?? key;
  const ports = gateway.ports.map((port) => ({
    ...port,
    listeners: port.listeners.map((listener) => ({
      ...listener,
      hosts: listener.hosts.map((host) => ({ ...host, rules: host.rules.map(renamed) })),
    })),
  }));
  return { ...gateway, ports };
}

function localFilter(filter: FilterIR, gateway: GatewayIR, sockets: readonly LocalSocket[]): FilterIR {
  if (filter.type !== "RequestRedirect") return filter;
  const target = targetPort(filter, gateway);
  const socket = sockets.find(
    ({ gateway: { namespace, name }, port }) =>
      port === target && namespace === gateway.gateway.namespace && name === gateway.gateway.name,
  );
  return socket === undefined || socket.localPort === target ? filter : { ...filter, port: socket.localPort };
}

/** Returns the port of the Gateway to which the redirect leads; undefined if it leads elsewhere or is ambiguous. */
function targetPort({ scheme, port, hostname }: Redirect, { ports }: GatewayIR): number | undefined {
  const [only, ...others] = ports;
  // Without scheme and port, a redirect stays on the listener's port, which is known only if there is a single one.
  const sameListener = others.length === 0 ? only?.port : undefined;
  const wanted = port ?? (scheme === undefined ? sameListener : wellKnownPorts[scheme]);
  const entry = ports.find((one) => one.port === wanted);
  if (entry === undefined || (scheme !== undefined && entry.protocol !== scheme.toUpperCase())) return undefined;
  const covers = (served: string | undefined) =>
    served === undefined || served === hostname || (served.startsWith("*.") && hostname?.endsWith(served.slice(1)));
  return hostname === undefined || entry.listeners.some((listener) => covers(listener.hostname)) ? wanted : undefined;
}

/** Returns a finding for each route whose redirects were changed to a local port. */
export function redirectNotes(
  { routes }: Attachment,
  declared: readonly GatewayIR[],
  served: readonly GatewayIR[],
): Finding[] {
  const notes = new Map<string, Finding>();
  for (const [index, gateway] of served.entries()) {
    for (const [key, rule] of Object.entries(gateway.rules)) {
      // Only a changed rule has a key that is not declared.
      if (declared[index]?.rules[key] !== undefined) continue;
      const { kind, namespace, name } = rule.route;
      const route = routes.get(`${kind}/${namespace}/${name}`)?.declared;
      if (route === undefined) continue;
      const { title, fix } = standInCodes.GW2435;
      const message = `${title}: port ${portOf(rule)}.`;
      const object = referenceOf(route.object);
      const note: Finding = { code: "GW2435", severity: "note", message, object, origin: route.origin, fix };
      notes.set(`${kind}/${namespace}/${name} ${message}`, note);
    }
  }
  return [...notes.values()];
}

function portOf({ filters }: RuleIR): number | undefined {
  return filters.flatMap((filter) => (filter.type === "RequestRedirect" ? [filter.port] : []))[0];
}
