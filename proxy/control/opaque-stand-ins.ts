import { ownProtocols } from "../../lib/api/kinds/own-controller.ts";
import { standInCodes } from "../../lib/findings/catalog/stand-ins.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { Attachment } from "../../lib/routing/attach/attachment.ts";
import { referenceOf } from "../../lib/routing/attach/findings.ts";
import type { BackendIR, FilterIR, GatewayIR, ListenerIR, PortIR, RuleIR, TargetIR } from "../../lib/routing/ir.ts";
import { isOpaqueFilter } from "../../lib/routing/opaque-values.ts";

/** Gateways as `dev` can serve them, and notes about the differences. */
export interface ServedInstead {
  readonly gateways: readonly GatewayIR[];
  readonly notes: readonly Finding[];
}

/** The features of one Gateway that only the controller of its class supports, and that `dev` replaces. */
interface Replaced {
  readonly filters: Set<string>;
  readonly backends: Map<string, BackendIR>;
  readonly listeners: Set<string>;
  readonly certificates: Set<string>;
}

/**
 * Replaces features that only another project's controller supports by something that can be tried on a laptop:
 * requests pass filters unchanged, backends are echoes, listeners without a Secret get a stand-in certificate, and
 * listeners of protocols that this proxy does not serve are left out. `gatewright proxy` and the proxies of a cluster
 * do not do this.
 */
export function withOpaqueStandIns(gateways: readonly GatewayIR[], { gateways: attached }: Attachment): ServedInstead {
  const notes: Finding[] = [];
  const served = gateways.map((gateway) => {
    const replaced: Replaced = {
      filters: new Set(),
      backends: new Map(),
      listeners: new Set(),
      certificates: new Set(),
    };
    const own = replace(gateway, replaced);
    const declared = attached.get(`${gateway.gateway.namespace}/${gateway.gateway.name}`)?.declared;
    const words = wordsOf(replaced);
    if (declared === undefined || words.length === 0) return gateway;
    const { title, fix } = standInCodes.GW2221;
    notes.push({
      code: "GW2221",
      severity: "note",
      message: `${title}: ${words.join("; ")}.`,
      object: referenceOf(declared.object),
      origin: declared.origin,
      fix,
    });
    return own;
  });
  return { gateways: served, notes };
}

function wordsOf({ filters, backends, listeners, certificates }: Replaced): readonly string[] {
  const words = (what: string, names: Iterable<string>) => {
    const list = [...names];
    return list.length === 0 ? [] : [`${what} ${list.join(", ")}`];
  };
  return [
    ...words("requests pass unchanged through", filters),
    ...words("an echo answers for", backends.keys()),
    ...words("a self-signed certificate serves", certificates),
    ...words("not served:", listeners),
  ];
}

function replace(gateway: GatewayIR, replaced: Replaced): GatewayIR {
  const rules = Object.entries(gateway.rules).map(([hash, rule]) => [hash, replaceInRule(rule, replaced)] as const);
  const ports = gateway.ports.flatMap((port) => replaceInPort(port, replaced));
  return {
    ...gateway,
    ports,
    rules: Object.fromEntries(rules),
    backends: { ...gateway.backends, ...Object.fromEntries(replaced.backends) },
  };
}

function isServed(protocol: string): boolean {
  return ownProtocols.some((served) => served === protocol);
}

function replaceInPort(port: PortIR, replaced: Replaced): PortIR[] {
  const listeners = port.listeners.flatMap((listener) => {
    const protocol = listener.protocol ?? port.protocol;
    if (isServed(protocol)) return [withCertificate(listener, protocol, replaced)];
    replaced.listeners.add(`listener ${listener.name} (${listener.opaqueProtocol ?? protocol})`);
    return [];
  });
  return listeners.length === 0 ? [] : [{ ...port, listeners }];
}

/** Names an undeclared Secret for the listener. A stand-in is made for it as for any other undeclared Secret. */
function withCertificate(listener: ListenerIR, protocol: string, { certificates }: Replaced): ListenerIR {
  const { tls, parent, name } = listener;
  if (protocol !== "HTTPS" || tls === undefined || tls.certificates.length > 0) return listener;
  certificates.add(`listener ${name}`);
  const standIn = { namespace: parent.namespace, name: `certificate-of-listener-${name}` };
  return { ...listener, tls: { ...tls, certificates: [standIn] } };
}

function replaceInRule(rule: RuleIR, replaced: Replaced): RuleIR {
  return {
    ...rule,
    filters: replaceInFilters(rule.filters, rule, replaced),
    backends: rule.backends.map(({ target, filters, weight }) => ({
      weight,
      target: replaceTarget(target, rule, replaced),
      filters: replaceInFilters(filters, rule, replaced),
    })),
  };
}

function replaceInFilters(filters: readonly FilterIR[], rule: RuleIR, replaced: Replaced): readonly FilterIR[] {
  return filters.flatMap((filter): FilterIR[] => {
    if (filter.type === "RequestMirror") return [{ ...filter, target: replaceTarget(filter.target, rule, replaced) }];
    if (!isOpaqueFilter(filter)) return [filter];
    const { filters: names } = replaced;
    names.add(
      filter.type === "Opaque"
        ? filter.filterType
        : `${filter.group}/${filter.kind} ${filter.namespace}/${filter.name}`,
    );
    return [];
  });
}

/** Replaces an opaque backend by an ordinary one that is keyed by its opaque name. `--backend` may give its address. */
function replaceTarget(target: TargetIR, rule: RuleIR, { backends }: Replaced): TargetIR {
  if (!("opaque" in target)) return target;
  const [, namespace = rule.route.namespace, name = "", port] =
    / ([^/ ]+)\/([^/: ]+)(?::(\d+))?$/.exec(target.opaque) ?? [];
  backends.set(target.opaque, { kind: "Service", namespace, name, port: Number(port ?? 80), protocol: "http1" });
  return { backend: target.opaque };
}
