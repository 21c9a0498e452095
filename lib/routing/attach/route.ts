import type { Declared } from "../../api/declared/declared.ts";
import { reasonOf } from "../../findings/catalog/routing.ts";
import type { ExtensionObjectIR } from "../ir.ts";
import { createdAt, keyOf, namespaceOf, type RouteObject, routeKey } from "../objects.ts";
import type { ParentAttachment, ParentReference, ResolvedTarget, RouteAttachment, RouteReading } from "./attachment.ts";
import { resolveBackend } from "./backends.ts";
import { type Condition, type ConditionProblem, type ConditionWriter, conditionsOf, told } from "./condition.ts";
import type { AttachContext } from "./context.ts";
import { type ControllerProfile, isOpen } from "./controller-profile.ts";
import { resolveExtension } from "./extensions.ts";
import { oncePerValue } from "./opaque.ts";
import { findParent, type Parent, shakeHands } from "./parents.ts";
import { gatewayApiGroup } from "./reference-grants.ts";
import { referencesOf } from "./route-references.ts";
import { isUnknownMatch, opaqueValues, ruleProblems, unenforcedFields } from "./route-rules.ts";

/** Attaches one route. The function is pure, so a change of one route among thousands costs the work of one route. */
export function attachRoute(context: AttachContext, declared: Declared<RouteObject>): RouteAttachment {
  const route = declared.object;
  const named = parentsOf(context, route).map(({ ref, field }) => ({
    ref,
    field,
    parent: findParent(context, route, ref, field),
  }));
  const verdicts = verdictsOf(
    context,
    route,
    named.map(({ parent }) => parent),
  );
  return {
    declared,
    key: routeKey(route),
    name: keyOf(route),
    created: createdAt(route),
    parents: named.map((one) => judgeParent(context, route, one, verdicts)),
    readings: verdicts.map(({ reading }) => reading) as [RouteReading, ...RouteReading[]],
    problems: [...problemsOf(verdicts), ...withoutParents(route)],
  };
}

/** Returns the reading of a route for a profile, or the first reading if no parent has that profile. */
export function readingOf({ readings }: RouteAttachment, profile: ControllerProfile): RouteReading {
  return readings.find((reading) => reading.profile === profile) ?? readings[0];
}

/** Advises on a route without parents: it receives no requests, and no controller is responsible for it. */
function withoutParents({ kind, spec }: RouteObject): readonly ConditionProblem[] {
  if ((spec.parentRefs ?? []).length > 0 || spec.useDefaultGateways === "All") return [];
  const message = `The ${kind} has no parentRefs, so it is attached to nothing and gets no requests.`;
  return [{ code: "GW2431", severity: "advice", field: "spec.parentRefs", message }];
}

/** The judgement of a route's rules under one profile. It is the same for every parent with that profile. */
interface RulesVerdict {
  readonly reading: RouteReading;
  /** The problems of each rule. A rule with a problem is dropped. */
  readonly rules: readonly (readonly ConditionProblem[])[];
  readonly unresolved: readonly ConditionProblem[];
  /** Further advice and notes, which refuse nothing. */
  readonly remarks: readonly ConditionProblem[];
  readonly conditions: ConditionWriter;
  /** The parent Gateways with this profile. */
  readonly gateways: readonly string[];
}

/** Returns one verdict for each profile among the parents, complete profiles first. */
function verdictsOf(context: AttachContext, route: RouteObject, parents: readonly Parent[]): readonly RulesVerdict[] {
  const gateways = new Map<ControllerProfile, Set<string>>();
  for (const parent of parents) {
    const profile = parent.outcome === "judged" ? parent.profile : context.profile;
    const named = gateways.get(profile) ?? new Set();
    gateways.set(profile, named);
    if (parent.outcome === "judged") named.add(parent.gateway);
  }
  if (gateways.size === 0) gateways.set(context.profile, new Set());
  return [...gateways]
    .sort(([a], [b]) => Number(isOpen(a)) - Number(isOpen(b)))
    .map(([profile, named]) => verdictOf(context, route, profile, [...named]));
}

function verdictOf(
  context: AttachContext,
  route: RouteObject,
  profile: ControllerProfile,
  gateways: readonly string[],
): RulesVerdict {
  const rules = ruleProblems(route, profile);
  const { targets, extensions, unresolved, notes } = resolveReferences(context, route, profile);
  const values = opaqueValues(route, profile);
  const validRules = rules.map(
    (problems, index) => problems.length === 0 && !values.some((note) => isUnknownMatch(note, index)),
  );
  return {
    reading: { profile, validRules, targets, extensions },
    rules,
    unresolved,
    remarks: [...unenforcedFields(route, profile), ...oncePerValue(notes), ...values],
    conditions: conditionsOf(route),
    gateways,
  };
}

/** Merges the problems of several verdicts. A problem under only some profiles names the Gateways with these. */
function problemsOf(verdicts: readonly RulesVerdict[]): readonly ConditionProblem[] {
  const all = verdicts.map(({ rules, unresolved, remarks, gateways }) => ({
    problems: [...rules.flat(), ...unresolved, ...remarks],
    gateways,
  }));
  const [first, ...others] = all;
  if (first === undefined || others.length === 0) return first?.problems ?? [];
  const key = (problem: ConditionProblem) => JSON.stringify(problem);
  const keys = all.map(({ problems }) => new Set(problems.map(key)));
  const isCommon = (problem: ConditionProblem) => keys.every((own) => own.has(key(problem)));
  const told = new Set<string>();
  return all.flatMap(({ problems, gateways }) =>
    problems.flatMap((problem) => {
      if (told.has(key(problem))) return [];
      told.add(key(problem));
      if (isCommon(problem) || problem.severity === "note" || gateways.length === 0) return [problem];
      const names = gateways.map((name) => `Gateway ${name}`).join(", ");
      return [{ ...problem, message: `At ${names}: ${problem.message}` }];
    }),
  );
}

/** Returns the parentRefs, then the default Gateways that the route opts into (GEP-3793, experimental). */
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

/** A parentRef and its resolved parent. */
interface NamedParent {
  readonly ref: ParentReference;
  readonly field: string;
  readonly parent: Parent;
}

function judgeParent(
  context: AttachContext,
  route: RouteObject,
  { ref: parentRef, field, parent }: NamedParent,
  verdicts: readonly RulesVerdict[],
): ParentAttachment {
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
  const { gateway, controllerName, profile } = parent;
  const verdict = verdicts.find(({ reading }) => reading.profile === profile) as RulesVerdict;
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

/** Returns the problems that refuse the route for its rules: a route is refused only if every rule is dropped. */
function refusalByRules({ rules }: RulesVerdict): readonly ConditionProblem[] {
  return rules.length > 0 && rules.every((problems) => problems.length > 0) ? rules.flat() : [];
}

function conditionsOfParent(
  { rules, unresolved, conditions }: RulesVerdict,
  refusals: readonly ConditionProblem[],
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

/** The API requires the message to begin with "Dropped Rule" when rules are dropped. */
function partiallyInvalid(conditions: ConditionWriter, dropped: readonly ConditionProblem[]): Condition {
  const [first] = dropped;
  const reason = (first === undefined ? undefined : reasonOf(first.code)) ?? "UnsupportedValue";
  return conditions.write("PartiallyInvalid", "True", reason, `Dropped Rule: ${told(dropped)}`);
}

function resolveReferences(
  context: AttachContext,
  route: RouteObject,
  profile: ControllerProfile,
): Pick<RouteReading, "targets" | "extensions"> & {
  unresolved: readonly ConditionProblem[];
  notes: readonly ConditionProblem[];
} {
  const targets = new Map<string, ResolvedTarget>();
  const extensions = new Map<string, ExtensionObjectIR>();
  const unresolved: ConditionProblem[] = [];
  const notes: ConditionProblem[] = [];
  const namespace = namespaceOf(route);
  const backends = context.backends(profile);
  const tell = ({ problem, note }: { readonly problem?: ConditionProblem; readonly note?: ConditionProblem }) => {
    if (problem !== undefined) unresolved.push(problem);
    if (note !== undefined) notes.push(note);
  };
  for (const reference of referencesOf(route)) {
    const { field } = reference;
    if (reference.use === "extension") {
      const resolution = resolveExtension(backends, context.options, namespace, reference);
      extensions.set(field, resolution.object);
      tell(resolution);
      continue;
    }
    const resolution = resolveBackend(backends, reference.ref, { kind: route.kind, namespace, field });
    targets.set(field, resolution.resolved);
    tell(resolution);
  }
  return { targets, extensions, unresolved, notes };
}
