import { admitsNamespace } from "../../api/allowed-routes.ts";
import type { Declared } from "../../api/declared.ts";
import type { ListenerSet } from "../../api/index.ts";
import { namespaceOf, type RoutingObjects } from "../objects.ts";
import type { GatewayAttachment, ListenerAttachment, ListenerSetAttachment } from "./attachment.ts";
import { type Condition, conditionsOf, type Problem } from "./condition.ts";
import { gatewayApiGroup } from "./reference-grants.ts";

/** The Gateway that a ListenerSet wants to add to, as `namespace/name`; undefined if its parent is of another kind. */
export function gatewayOfListenerSet(set: ListenerSet): string | undefined {
  const { group = gatewayApiGroup, kind = "Gateway", namespace = namespaceOf(set), name } = set.spec.parentRef;
  return group === gatewayApiGroup && kind === "Gateway" ? `${namespace}/${name}` : undefined;
}

/** Why a ListenerSet may not add to this Gateway at all, or undefined if it may. */
export function refusalOfListenerSet(
  set: ListenerSet,
  gateway: GatewayAttachment,
  objects: RoutingObjects,
): Problem | undefined {
  const { metadata, spec } = gateway.declared.object;
  const own = namespaceOf(gateway.declared.object);
  const namespace = namespaceOf(set);
  const labels = objects.namespaces.get(namespace)?.object.metadata.labels;
  const allowed = spec.allowedListeners?.namespaces;
  if (!admitsNamespace(allowed, { name: namespace, ...(labels && { labels }) }, own, "None")) {
    return {
      code: "GW2302",
      field: "spec.parentRef",
      message: `Gateway ${own}/${metadata.name} takes no ListenerSets from namespace ${namespace}.`,
      given: namespace,
      allowed: `allowedListeners.namespaces.from: ${allowed?.from ?? "None"}`,
    };
  }
  if (gateway.accepted) return undefined;
  const message = `Gateway ${own}/${metadata.name} is not accepted.`;
  return { code: "GW2303", field: "spec.parentRef", message, summary: true };
}

/** A ListenerSet whose Gateway no source declares: nobody answers for it. */
export function undeclaredParent(declared: Declared<ListenerSet>, gateway: string): ListenerSetAttachment {
  const conditions = conditionsOf(declared.object);
  const problem: Problem = {
    code: "GW2301",
    field: "spec.parentRef",
    message: `Gateway ${gateway} is not declared.`,
    given: gateway,
    undeclared: { kind: "Gateway", name: gateway },
  };
  return {
    declared,
    accepted: false,
    conditions: [conditions.pending("Accepted", problem.message), conditions.pending("Programmed", problem.message)],
    problems: [problem],
    listeners: [],
  };
}

/** A ListenerSet that its Gateway does not admit: none of its listeners is looked at. */
export function refusedListenerSet(
  declared: Declared<ListenerSet>,
  key: string,
  gateway: GatewayAttachment,
  refusal: Problem,
): ListenerSetAttachment {
  const conditions = conditionsOf(declared.object);
  return {
    declared,
    gateway: key,
    controllerName: gateway.controllerName,
    accepted: false,
    conditions: [conditions.no("Accepted", [refusal]), conditions.no("Programmed", [refusal])],
    problems: [refusal],
    listeners: [],
  };
}

/** A ListenerSet that its Gateway admits: it is accepted if one of its listeners can be served. */
export function judgeListenerSet(
  declared: Declared<ListenerSet>,
  key: string,
  gateway: GatewayAttachment,
  listeners: readonly ListenerAttachment[],
): ListenerSetAttachment {
  const accepted = listeners.some(({ serves }) => serves);
  const refused = listeners.filter(({ serves }) => !serves);
  const names = refused.map(({ spec }) => spec.name).join(", ");
  const problem: Problem = {
    code: "GW2304",
    field: "spec.listeners",
    message: `None of the listeners can be served: ${names}.`,
    summary: true,
  };
  return {
    declared,
    gateway: key,
    controllerName: gateway.controllerName,
    accepted,
    conditions: conditionsOfJudged(declared.object, accepted, names, problem),
    problems: accepted ? [] : [problem],
    listeners,
  };
}

function conditionsOfJudged(set: ListenerSet, accepted: boolean, refused: string, problem: Problem): Condition[] {
  const conditions = conditionsOf(set);
  if (!accepted) return [conditions.no("Accepted", [problem]), conditions.no("Programmed", [problem])];
  return [
    refused === ""
      ? conditions.yes("Accepted", "Accepted", "The ListenerSet is accepted.")
      : conditions.yes("Accepted", "ListenersNotValid", `Not served: ${refused}.`),
    conditions.pending("Programmed", "Waiting for the data plane."),
  ];
}
