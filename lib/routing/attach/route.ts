import type { Declared } from "../../api/declared.ts";
import { reasonOf } from "../findings-catalog.ts";
import type { ExtensionObjectIR } from "../ir.ts";
import { createdAt, keyOf, namespaceOf, type RouteObject, routeKey } from "../objects.ts";
import type { ParentAttachment, ParentReference, ResolvedTarget, RouteAttachment } from "./attachment.ts";
import { resolveBackend } from "./backends.ts";
import { type Condition, type ConditionWriter, conditionsOf, type Problem, told } from "./condition.ts";
import type { AttachContext } from "./context.ts";
import { resolveExtension } from "./extensions.ts";
import { findParent, shakeHands } from "./parents.ts";
import { gatewayApiGroup } from "./reference-grants.ts";
import { referencesOf } from "./route-references.ts";
import { ruleProblems, unenforcedFields } from "./route-rules.ts";

/**
 * Attaches one route: a pure function of the route and of the context, so that a change of one route among thousands
 * costs the work of that route.
 */
export function attachRoute(context: AttachContext, declared: Declared<RouteObject>): RouteAttachment {
  const route = declared.object;
  const rules = ruleProblems(route);
  const { targets, extensions, problems: unresolved } = resolveReferences(context, route);
  const verdict: RulesVerdict = { rules, unresolved, conditions: conditionsOf(route) };
  return {
    declared,
    key: routeKey(route),
    name: keyOf(route),
    created: createdAt(route),
    parents: parentsOf(context, route).map(({ ref, field }) => judgeParent(context, route, ref, field, verdict)),
    validRules: rules.map((problems) => problems.length === 0),
    targets,
    extensions,
    problems: [...rules.flat(), ...unresolved, ...unenforcedFields(route)],
  };
}

/** What is the same for every parent of a route. */
interface RulesVerdict {
  /** What each rule is dropped for. */
  readonly rules: readonly (readonly Problem[])[];
  readonly unresolved: readonly Problem[];
  readonly conditions: ConditionWriter;
}

/** The parentRefs, then the default Gateways that the route asks for and does not name (GEP-3793, experimental). */
function parentsOf(
  context: AttachContext,
  route: RouteObject,
): readonly { readonly ref: ParentReference; readonly field: string }[] {
  const own = namespaceOf(route);
  const refs: readonly ParentReference[] = route.spec.parentRefs ?? [];
  const named = refs.map((ref, index) => ({ ref, field: `spec.parentRefs[${index}]` }));
  if (route.spec.useDefaultGateways !== "All") return named;
  const taken = new Set(refs.map(({ kind = "Gateway", namespace = own, name }) => `${kind}/${namespace}/${name}`));
  const defaults = context.defaultGateways
    .filter(({ namespace, name }) => !taken.has(`Gateway/${namespace}/${name}`))
    .map((place) => ({
      ref: { group: gatewayApiGroup, kind: "Gateway", ...place },
      field: "spec.useDefaultGateways",
    }));
  return [...named, ...defaults];
}

function judgeParent(
  context: AttachContext,
  route: RouteObject,
  parentRef: ParentReference,
  field: string,
  verdict: RulesVerdict,
): ParentAttachment {
  const parent = findParent(context, route, parentRef, field);
  if (parent.outcome !== "judged") {
    const problems = parent.problem === undefined ? [] : [parent.problem];
    return {
      parentRef,
      field,
      outcome: parent.outcome,
      accepted: false,
      conditions: [],
      problems,
      listeners: [],
      assumptions: [],
    };
  }
  const { gateway, controllerName } = parent;
  const shaken = shakeHands(context, route, parentRef, parent, field);
  const problems = "problem" in shaken ? [shaken.problem] : [];
  const refusals = problems.length > 0 ? problems : refusalByRules(verdict);
  const accepted = refusals.length === 0;
  return {
    parentRef,
    field,
    outcome: "judged",
    gateway,
    controllerName,
    accepted,
    conditions: conditionsOfParent(verdict, refusals, parent.description),
    problems,
    listeners: accepted && "listeners" in shaken ? shaken.listeners : [],
    assumptions: shaken.assumptions,
  };
}

/** A route is refused for its rules only if none is left. */
function refusalByRules({ rules }: RulesVerdict): readonly Problem[] {
  return rules.length > 0 && rules.every((problems) => problems.length > 0) ? rules.flat() : [];
}

function conditionsOfParent(
  { rules, unresolved, conditions }: RulesVerdict,
  refusals: readonly Problem[],
  parent: string,
): readonly Condition[] {
  const dropped = rules.flat();
  const partly = refusals.length === 0 && dropped.length > 0;
  return [
    refusals.length === 0
      ? conditions.yes("Accepted", "Accepted", `The route is attached to ${parent}.`)
      : conditions.no("Accepted", refusals),
    unresolved.length === 0
      ? conditions.yes("ResolvedRefs", "ResolvedRefs", "All references resolve.")
      : conditions.no("ResolvedRefs", unresolved),
    ...(partly ? [partiallyInvalid(conditions, dropped)] : []),
  ];
}

/** The API wants the message to begin with these words when rules are dropped. */
function partiallyInvalid(conditions: ConditionWriter, dropped: readonly Problem[]): Condition {
  const [first] = dropped;
  const reason = (first === undefined ? undefined : reasonOf(first.code)) ?? "UnsupportedValue";
  return conditions.write("PartiallyInvalid", "True", reason, `Dropped Rule: ${told(dropped)}`);
}

function resolveReferences(
  context: AttachContext,
  route: RouteObject,
): Pick<RouteAttachment, "targets" | "extensions" | "problems"> {
  const targets = new Map<string, ResolvedTarget>();
  const extensions = new Map<string, ExtensionObjectIR>();
  const problems: Problem[] = [];
  const namespace = namespaceOf(route);
  for (const reference of referencesOf(route)) {
    const { field } = reference;
    if (reference.use === "extension") {
      const { object, problem } = resolveExtension(context.objects, context.options, namespace, reference);
      extensions.set(field, object);
      if (problem !== undefined) problems.push(problem);
      continue;
    }
    const { resolved, problem } = resolveBackend(context, reference.ref, { kind: route.kind, namespace, field });
    targets.set(field, resolved);
    if (problem !== undefined) problems.push(problem);
  }
  return { targets, extensions, problems };
}
