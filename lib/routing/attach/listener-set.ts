import type { Declared } from "../../api/declared/declared.ts";
import type { ListenerSet } from "../../api/index.ts";
import { namespaceOf } from "../objects.ts";
import type {
  GatewayAttachment,
  ListenerAttachment,
  ListenerSetAttachment,
  NamespaceAssumption,
} from "./attachment.ts";
import { type Condition, type ConditionProblem, conditionsOf } from "./condition.ts";
import { admissionWords, judgeNamespace } from "./namespaces.ts";
import { gatewayApiGroup } from "./reference-grants.ts";
import type { References } from "./references.ts";

/** Returns the parent Gateway of a ListenerSet as `namespace/name`, or undefined if the parent is of another kind. */
export function gatewayOfListenerSet(set: ListenerSet): string | undefined {
  const { group = gatewayApiGroup, kind = "Gateway", namespace = namespaceOf(set), name } = set.spec.parentRef;
  return group === gatewayApiGroup && kind === "Gateway" ? `${namespace}/${name}` : undefined;
}

/** Decides whether a Gateway admits a ListenerSet. Returns the refusal, or the assumption about the namespace. */
export function admissionOfListenerSet(
  set: ListenerSet,
  gateway: GatewayAttachment,
  references: References,
): { readonly refusal?: ConditionProblem; readonly assumption?: NamespaceAssumption } {
  const { metadata, spec } = gateway.declared.object;
  const own = namespaceOf(gateway.declared.object);
  const namespace = namespaceOf(set);
  const field = "spec.parentRef";
  const allowed = spec.allowedListeners?.namespaces;
  const { admitted, wanted } = judgeNamespace(references, allowed, namespace, own, "None");
  if (!admitted) {
    const message = `Gateway ${own}/${metadata.name} takes no ListenerSets from namespace ${namespace}.`;
    const from = `allowedListeners.namespaces.from: ${admissionWords(allowed, "None")}`;
    return { refusal: { code: "GW2302", field, message, given: namespace, allowed: from } };
  }
  if (!gateway.accepted) {
    const message = `Gateway ${own}/${metadata.name} is not accepted.`;
    return { refusal: { code: "GW2303", field, message, summary: true } };
  }
  if (wanted === undefined) return {};
  return {
    assumption: { namespace, wanted, selecting: `allowedListeners of Gateway ${own}/${metadata.name}`, field },
  };
}

/** Returns a ListenerSet with pending conditions, because no source declares its Gateway. */
export function undeclaredParent(declared: Declared<ListenerSet>, gateway: string): ListenerSetAttachment {
  const conditions = conditionsOf(declared.object);
  const problem: ConditionProblem = {
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

/** Returns a ListenerSet that its Gateway does not admit. Its listeners are not judged. */
export function refusedListenerSet(
  declared: Declared<ListenerSet>,
  key: string,
  gateway: GatewayAttachment,
  refusal: ConditionProblem,
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

/** Judges a ListenerSet that its Gateway admits. It is accepted if at least one of its listeners can be served. */
export function judgeListenerSet(
  declared: Declared<ListenerSet>,
  key: string,
  gateway: GatewayAttachment,
  listeners: readonly ListenerAttachment[],
): ListenerSetAttachment {
  const accepted = listeners.some(({ serves }) => serves);
  const refused = listeners.filter(({ serves }) => !serves);
  const names = refused.map(({ spec }) => spec.name).join(", ");
  const problem: ConditionProblem = {
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

function conditionsOfJudged(
  set: ListenerSet,
  accepted: boolean,
  refused: string,
  problem: ConditionProblem,
): Condition[] {
  const conditions = conditionsOf(set);
  if (!accepted) return [conditions.no("Accepted", [problem]), conditions.no("Programmed", [problem])];
  return [
    refused === ""
      ? conditions.yes("Accepted", "Accepted", "The ListenerSet is accepted.")
      : conditions.yes("Accepted", "ListenersNotValid", `Not served: ${refused}.`),
    conditions.pending("Programmed", "Waiting for the data plane."),
  ];
}
