import { namespaceOf, type RouteObject } from "../objects.ts";
import type {
  AttachedListener,
  EffectiveHostname,
  GatewayAttachment,
  ListenerAttachment,
  ListenerSetAttachment,
  NamespaceAssumption,
  ParentReference,
} from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";
import type { AttachContext } from "./context.ts";
import type { ControllerProfile } from "./controller-profile.ts";
import { effectiveHostnames } from "./hostnames.ts";
import { admissionWords, judgeNamespace } from "./namespaces.ts";
import { gatewayApiGroup } from "./reference-grants.ts";

/** The object that a parentRef names, with its listeners if this process is responsible for it. */
export type Parent =
  | { readonly outcome: "undeclared"; readonly problem: ConditionProblem }
  | { readonly outcome: "foreign"; readonly problem?: ConditionProblem }
  | {
      readonly outcome: "judged";
      readonly gateway: string;
      readonly controllerName: string;
      readonly profile: ControllerProfile;
      readonly description: string;
      /** The listeners that the parent itself declares. Listeners of a ListenerSet do not count as its Gateway's. */
      readonly listeners: readonly ListenerAttachment[];
    };

export function findParent(context: AttachContext, route: RouteObject, ref: ParentReference, field: string): Parent {
  const { group = gatewayApiGroup, kind = "Gateway", namespace = namespaceOf(route), name } = ref;
  const key = `${namespace}/${name}`;
  if (group === gatewayApiGroup && kind === "Gateway") {
    const gateway = context.gateways.get(key);
    if (gateway !== undefined) return ofGateway(key, gateway);
    return context.objects.gateways.has(key) ? { outcome: "foreign" } : undeclaredParent(kind, key, field);
  }
  if (group === gatewayApiGroup && kind === "ListenerSet") {
    const set = context.listenerSets.get(key);
    if (set !== undefined) return ofListenerSet(context, key, set, field);
    return context.objects.listenerSets.has(key) ? { outcome: "foreign" } : undeclaredParent(kind, key, field);
  }
  const given = group === "" ? kind : `${group}/${kind}`;
  const message = `${given} ${key} takes no routes here.`;
  const allowed = "Gateway, ListenerSet";
  return { outcome: "foreign", problem: { code: "GW2402", field, message, given, allowed, severity: "note" } };
}

function ofGateway(key: string, { controllerName, profile, listeners }: GatewayAttachment): Parent {
  return { outcome: "judged", gateway: key, controllerName, profile, description: `Gateway ${key}`, listeners };
}

/** Returns a ListenerSet as parent. If its Gateway does not admit it, it has no listeners, so no route can attach. */
function ofListenerSet(context: AttachContext, key: string, set: ListenerSetAttachment, field: string): Parent {
  const { gateway, controllerName, listeners } = set;
  if (gateway === undefined || controllerName === undefined) {
    const message = `The Gateway of ListenerSet ${key} is not declared.`;
    return { outcome: "undeclared", problem: { code: "GW2401", field, message, given: key } };
  }
  const profile = context.gateways.get(gateway)?.profile ?? context.profile;
  return { outcome: "judged", gateway, controllerName, profile, description: `ListenerSet ${key}`, listeners };
}

function undeclaredParent(kind: string, key: string, field: string): Parent {
  const message = `${kind} ${key} is not declared.`;
  const undeclared = { kind, name: key };
  return { outcome: "undeclared", problem: { code: "GW2401", field, message, given: key, undeclared } };
}

/** The result of the handshake with one parent: the listeners to attach to, or the reason why there are none. */
export type Handshake = { readonly assumptions: readonly NamespaceAssumption[] } & (
  | { readonly listeners: readonly AttachedListener[] }
  | { readonly problem: ConditionProblem }
);

/**
 * Performs the handshake with one parent. Of the listeners that the parentRef selects, those remain that allow the
 * route's kind and namespace, and of these, those that share a hostname with the route. The first step that leaves no
 * listener gives the reason. The listeners' own conditions do not matter (ListenerStatus.attachedRoutes).
 */
export function shakeHands(
  context: AttachContext,
  route: RouteObject,
  ref: ParentReference,
  parent: Extract<Parent, { readonly outcome: "judged" }>,
  field: string,
): Handshake {
  const none = { assumptions: [] };
  const meant = parent.listeners.filter(({ spec }) => isMeant(spec, ref));
  if (meant.length === 0) return { ...none, problem: noSuchListener(ref, parent, field) };
  const namespace = namespaceOf(route);
  const carrying = meant.filter(({ supportedKinds }) => supportedKinds.includes(route.kind));
  const allowing = carrying.flatMap((listener) => {
    const { admitted, wanted } = judgeNamespace(
      context.backends(parent.profile),
      listener.spec.allowedRoutes?.namespaces,
      namespace,
      listener.parent.namespace,
    );
    return admitted ? [{ listener, wanted }] : [];
  });
  if (allowing.length === 0) return { ...none, problem: notAllowed(route, meant, carrying, parent.description, field) };
  const attached = allowing.flatMap(({ listener, wanted }) => {
    const hostnames = hostnamesThrough(listener, route);
    return hostnames === undefined ? [] : [{ listener, hostnames, wanted }];
  });
  // If no hostname intersects, report the assumptions of the listeners that the handshake reached before it failed.
  const assumptions = (attached.length > 0 ? attached : allowing).flatMap(({ listener, wanted }) =>
    wanted === undefined ? [] : [{ namespace, wanted, selecting: listenerWords(listener), field }],
  );
  if (attached.length === 0) {
    const listeners = allowing.map(({ listener }) => listener);
    return { assumptions, problem: noHostname(route, listeners, parent.description) };
  }
  const listeners = attached.map(
    ({ listener, hostnames, wanted }): AttachedListener => ({
      listener,
      hostnames,
      ...(wanted !== undefined && { assumedLabels: wanted }),
    }),
  );
  return { assumptions, listeners };
}

function listenerWords({ spec, parent: { kind, namespace, name } }: ListenerAttachment): string {
  return `listener ${spec.name} of ${kind} ${namespace}/${name}`;
}

function isMeant(spec: ListenerAttachment["spec"], ref: ParentReference): boolean {
  return (
    (ref.sectionName === undefined || ref.sectionName === "" || spec.name === ref.sectionName) &&
    (ref.port === undefined || spec.port === ref.port)
  );
}

/** Returns undefined if route and listener share no hostname, and an empty list for TCPRoutes and UDPRoutes. */
function hostnamesThrough(listener: ListenerAttachment, route: RouteObject): readonly EffectiveHostname[] | undefined {
  if (route.kind === "TCPRoute" || route.kind === "UDPRoute") return [];
  const found = effectiveHostnames(listener.spec.hostname, route.spec.hostnames);
  return found.length === 0 ? undefined : found;
}

function noSuchListener(
  { sectionName, port }: ParentReference,
  { listeners, description }: Extract<Parent, { readonly outcome: "judged" }>,
  field: string,
): ConditionProblem {
  const wanted = [sectionName === undefined ? "" : `named ${sectionName}`, port === undefined ? "" : `on port ${port}`]
    .filter((part) => part !== "")
    .join(" ");
  if (listeners.length === 0) {
    const message = `${description} is not admitted by its Gateway, so it has no listeners.`;
    return { code: "GW2403", field, message, fix: "Correct what the ListenerSet is refused for." };
  }
  return {
    code: "GW2403",
    field: `${field}.${sectionName === undefined ? "port" : "sectionName"}`,
    message: `${description} has no listener ${wanted}.`,
    given: wanted,
    allowed: listeners.map(({ spec }) => `${spec.name} (port ${spec.port})`).join(", "),
  };
}

function notAllowed(
  route: RouteObject,
  meant: readonly ListenerAttachment[],
  carrying: readonly ListenerAttachment[],
  description: string,
  field: string,
): ConditionProblem {
  if (carrying.length === 0) {
    return {
      code: "GW2404",
      field,
      message: `No listener of ${description} takes routes of kind ${route.kind}.`,
      given: route.kind,
      allowed: meant
        .map(({ spec, supportedKinds }) => `${spec.name}: ${supportedKinds.join(", ") || "none"}`)
        .join("; "),
    };
  }
  const namespace = namespaceOf(route);
  return {
    code: "GW2404",
    field,
    message: `No listener of ${description} takes routes from namespace ${namespace}.`,
    given: namespace,
    allowed: carrying
      .map(({ spec }) => `${spec.name}: from ${admissionWords(spec.allowedRoutes?.namespaces, "Same")}`)
      .join("; "),
  };
}

function noHostname(
  route: RouteObject,
  allowing: readonly ListenerAttachment[],
  description: string,
): ConditionProblem {
  const own = "hostnames" in route.spec ? (route.spec.hostnames ?? []) : [];
  return {
    code: "GW2405",
    field: "spec.hostnames",
    message: `No listener of ${description} covers a hostname of the route.`,
    given: own.join(", "),
    allowed: allowing.map(({ spec }) => `${spec.name}: ${spec.hostname || "*"}`).join("; "),
  };
}
