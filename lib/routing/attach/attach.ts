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
 * Computes the two-way handshake between Gateways and routes, and everything that depends on it. The function is pure.
 * Errors in the objects become conditions and problems, never exceptions. The order of declaration makes no difference.
 */
export function attach(objects: RoutingObjects, options: AttachOptions): Attachment {
  const context = attachContext(objects, options);
  const routes = [...objects.routes].map(([key, declared]) => [key, attachRoute(context, declared)] as const);
  return assemble(context, new Map(routes));
}

/**
 * Combines attached routes with the Gateways and listeners that they are attached to. To update one route out of many,
 * attach only that route with `attachRoute`, replace it in the map, and call `assemble` again.
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

/** Groups routes by listener, oldest first. A route counts once per listener even if several parentRefs lead to it. */
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

/**
 * Adds to each policy the Gateways that reach its targets, as ancestors, each with the conditions of its profile. The
 * policy's own verdict comes from the first complete profile among these Gateways, or from an open one if none is
 * complete.
 */
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

/** Gateways by the Service that their routes reach, and within a Service by port name. */
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

/** The API limits PolicyStatus.ancestors to 16 entries and asks implementations to omit further ones. */
const mostAncestors = 16;

/** Names the Gateways that reach a target of the policy, whether the policy or a conflicting one is in force. */
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
