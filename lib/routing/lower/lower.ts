import type { Attachment, GatewayAttachment, ListenerAttachment, ResolvedBackend } from "../attach/attachment.ts";
import { backendKey } from "../attach/backends.ts";
import { readingOf } from "../attach/route.ts";
import type { BackendIR, BackendKey, GatewayIR, RuleIR, TargetIR } from "../ir.ts";
import { compareText, namespaceOf } from "../objects.ts";
import { lowerBackend } from "./backends.ts";
import { type LoweredListener, lowerListener, lowerPorts } from "./listeners.ts";

/**
 * Lowers attached routes to the form that proxies enforce: one GatewayIR for each accepted Gateway, ordered by
 * `namespace/name`, with the listeners that can be served. Equal attachments give byte-identical IRs.
 */
export function lower(attachment: Attachment): readonly GatewayIR[] {
  return [...attachment.gateways.values()]
    .filter(({ accepted }) => accepted)
    .map((gateway) => lowerGateway(attachment, gateway));
}

/** Lowers one Gateway. A controller calls this for each Gateway that a change affects. */
export function lowerGateway(attachment: Attachment, gateway: GatewayAttachment): GatewayIR {
  const { object } = gateway.declared;
  const listeners = listenersOf(attachment, gateway)
    .filter(({ serves }) => serves)
    .map((listener) => lowerListener(listener, attachment.attachedRoutes.get(listener.key) ?? [], gateway.profile));
  const rules = rulesOf(listeners);
  return {
    version: 1,
    gateway: { namespace: namespaceOf(object), name: object.metadata.name },
    ports: lowerPorts(listeners),
    rules,
    backends: backendsOf(Object.values(rules), attachment, gateway),
  };
}

/** Returns the Gateway's own listeners, then those of its ListenerSets in order of precedence. */
function listenersOf({ listenerSets }: Attachment, gateway: GatewayAttachment): readonly ListenerAttachment[] {
  return [...gateway.listeners, ...gateway.listenerSets.flatMap((key) => listenerSets.get(key)?.listeners ?? [])];
}

function rulesOf(listeners: readonly LoweredListener[]): GatewayIR["rules"] {
  const found = new Map(listeners.flatMap(({ rules }) => rules.map(({ hash, rule }) => [hash, rule] as const)));
  return sorted(found);
}

/** Returns the backends that the rules and their filters reference. */
function backendsOf(
  rules: readonly RuleIR[],
  attachment: Attachment,
  gateway: GatewayAttachment,
): GatewayIR["backends"] {
  const resolved = resolvedBackends(rules, attachment, gateway);
  const found = new Map<BackendKey, BackendIR>();
  for (const target of rules.flatMap(targetsOf)) {
    if (!("backend" in target) || found.has(target.backend)) continue;
    const backend = resolved.get(target.backend);
    if (backend !== undefined) found.set(target.backend, lowerBackend(backend, gateway, attachment.objects));
  }
  return sorted(found);
}

function resolvedBackends(
  rules: readonly RuleIR[],
  { routes }: Attachment,
  { profile }: GatewayAttachment,
): ReadonlyMap<BackendKey, ResolvedBackend> {
  const keys = new Set(rules.map(({ route }) => `${route.kind}/${route.namespace}/${route.name}`));
  const found = new Map<BackendKey, ResolvedBackend>();
  for (const key of keys) {
    const route = routes.get(key);
    if (route === undefined) continue;
    for (const { backend } of readingOf(route, profile).targets.values()) {
      if (backend !== undefined) found.set(backendKey(backend), backend);
    }
  }
  return found;
}

function targetsOf({ backends, filters }: RuleIR): readonly TargetIR[] {
  const all = [...filters, ...backends.flatMap((backend) => backend.filters)];
  const mirrored = all.flatMap((filter) => (filter.type === "RequestMirror" ? [filter.target] : []));
  return [...backends.map(({ target }) => target), ...mirrored];
}

function sorted<T>(entries: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));
}
