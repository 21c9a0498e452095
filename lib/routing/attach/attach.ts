import { compareText, namespaceOf, type RoutingObjects } from "../objects.ts";
import type {
  AttachedRoute,
  Attachment,
  AttachOptions,
  PolicyAttachment,
  PolicyVerdict,
  RouteAttachment,
} from "./attachment.ts";
import { type AttachContext, attachContext } from "./context.ts";
import { type ControllerProfile, isOpen } from "./controller-profile.ts";
import { attachRoute, readingOf } from "./route.ts";

/**
 * The two-way handshake between Gateways and routes, and everything that hangs on it: a pure function. What is wrong
 * becomes conditions and problems, never an exception; the order in which objects were declared makes no difference.
 */
export function attach(objects: RoutingObjects, options: AttachOptions): Attachment {
  const context = attachContext(objects, options);
  const routes = [...objects.routes].map(([key, declared]) => [key, attachRoute(context, declared)] as const);
  return assemble(context, new Map(routes));
}

/**
 * Puts attached routes together with what they are attached to. For one changed route out of many: attach that one
 * with `attachRoute`, replace it in the map, and assemble again.
 */
export function assemble(context: AttachContext, routes: ReadonlyMap<string, RouteAttachment>): Attachment {
  return {
    objects: context.objects,
    options: context.options,
    gatewayClasses: context.gatewayClasses,
    gateways: context.gateways,
    listenerSets: context.listenerSets,
    routes,
    policies: withAncestors(context, routes),
    attachedRoutes: byListener(routes),
  };
}

/** A route counts once for a listener, however many of its parentRefs lead there. Oldest first, as traffic sees them. */
function byListener(routes: ReadonlyMap<string, RouteAttachment>): ReadonlyMap<string, readonly AttachedRoute[]> {
  const found = new Map<string, AttachedRoute[]>();
  for (const route of routes.values()) {
    for (const { listeners } of route.parents) {
      for (const { listener, hostnames } of listeners) {
        const list = found.get(listener.key);
        if (list === undefined) found.set(listener.key, [{ route, hostnames }]);
        else if (list.at(-1)?.route !== route) list.push({ route, hostnames });
      }
    }
  }
  for (const list of found.values()) if (list.length > 1) list.sort((a, b) => oldestFirst(a.route, b.route));
  return found;
}

function oldestFirst(a: RouteAttachment, b: RouteAttachment): number {
  return a.created - b.created || compareText(a.name, b.name) || compareText(a.key, b.key);
}

/** Each policy as the Gateways behind it judge it; a complete profile among theirs goes before an open one. */
function withAncestors(
  context: AttachContext,
  routes: ReadonlyMap<string, RouteAttachment>,
): ReadonlyMap<string, PolicyAttachment> {
  const { objects, gateways } = context;
  if (objects.backendTLSPolicies.size === 0) return new Map();
  const reached = gatewaysByService(routes, context);
  const verdictOf = (key: string, profile: ControllerProfile) =>
    context.backends(profile).policies.verdicts.get(key) as PolicyVerdict;
  return new Map(
    [...objects.backendTLSPolicies].map(([key, declared]) => {
      const found = ancestorsOf(declared, reached).flatMap((name) => gateways.get(name) ?? []);
      const profiles = found.map(({ profile }) => profile);
      const profile = profiles.find((one) => !isOpen(one)) ?? profiles[0] ?? context.profile;
      const ancestors = found.map((gateway) => ({
        gateway: { namespace: namespaceOf(gateway.declared.object), name: gateway.declared.object.metadata.name },
        controllerName: gateway.controllerName,
        conditions: verdictOf(key, gateway.profile).conditions,
      }));
      return [key, { ...verdictOf(key, profile), ancestors }];
    }),
  );
}

/** Gateways by the Services that requests reach through them, and by the names of the ports there. */
type ReachedServices = ReadonlyMap<string, ReadonlyMap<string | undefined, ReadonlySet<string>>>;

function gatewaysByService(
  routes: ReadonlyMap<string, RouteAttachment>,
  { gateways, profile }: AttachContext,
): ReachedServices {
  const reached = new Map<string, Map<string | undefined, Set<string>>>();
  for (const route of routes.values()) {
    for (const { accepted, gateway } of route.parents) {
      if (!accepted || gateway === undefined) continue;
      for (const { backend } of readingOf(route, gateways.get(gateway)?.profile ?? profile).targets.values()) {
        if (backend?.kind !== "Service") continue;
        const service = `${backend.namespace}/${backend.name}`;
        const ports = reached.get(service) ?? new Map<string | undefined, Set<string>>();
        const named = ports.get(backend.portName) ?? new Set();
        reached.set(service, ports.set(backend.portName, named.add(gateway)));
      }
    }
  }
  return reached;
}

/** PolicyStatus.ancestors holds no more, and what does not fit must not be added. */
const mostAncestors = 16;

/** Every policy for a Service has the Gateways behind it as ancestors, whether it counts or another one does. */
function ancestorsOf(declared: PolicyVerdict["declared"], reached: ReachedServices): readonly string[] {
  const namespace = namespaceOf(declared.object);
  const found = declared.object.spec.targetRefs.flatMap(({ group, kind, name, sectionName }) => {
    const ports = group === "" && kind === "Service" ? reached.get(`${namespace}/${name}`) : undefined;
    if (ports === undefined) return [];
    return sectionName === undefined
      ? [...ports.values()].flatMap((gateways) => [...gateways])
      : [...(ports.get(sectionName) ?? [])];
  });
  return [...new Set(found)].sort(compareText).slice(0, mostAncestors);
}
