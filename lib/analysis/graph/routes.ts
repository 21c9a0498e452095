import type { Attachment, ParentAttachment, ResolvedTarget, RouteAttachment } from "../../routing/attach/attachment.ts";
import type { ConditionProblem } from "../../routing/attach/condition.ts";
import { gatewayApiGroup } from "../../routing/attach/reference-grants.ts";
import { type RouteReference, referencesOf } from "../../routing/attach/route-references.ts";
import { mirrorShare } from "../../routing/lower/filters.ts";
import { lowerRules } from "../../routing/lower/rules.ts";
import { namespaceOf, type RouteObject } from "../../routing/objects.ts";
import { isOpaqueFilter } from "../../routing/opaque-values.ts";
import { lateWords, opaqueName, shareWords } from "../traffic/describe.ts";
import { addBackend } from "./backends.ts";
import type { TopologyDraft } from "./draft.ts";
import { assumptionFault, type FaultFinder } from "./faults.ts";
import { addParent, listenerId, namedListener } from "./gateways.ts";
import type { TopologyFault } from "./model.ts";

/** A reference to a backend, of whichever use. */
type BackendUse = Extract<RouteReference, { readonly use: "backend" | "mirror" }>;

/** How many hostnames of a route are told. */
const mostHostnames = 3;

/** Routes, their edges from the listeners that they are attached to, and those to the backends that they name. */
export function addRoutes(draft: TopologyDraft, attachment: Attachment, faults: FaultFinder): void {
  for (const route of attachment.routes.values()) {
    const uses = referencesOf(route.declared.object).filter((reference) => reference.use !== "extension");
    addRoute(draft, route, uses, faults);
    for (const parent of route.parents) addParentEdges(draft, route, parent, faults);
    for (const use of uses) addBackendEdge(draft, attachment, route, use, faults);
  }
}

/** A route shows by itself what is wrong with it and with no parent and no backend of it. */
function addRoute(
  draft: TopologyDraft,
  route: RouteAttachment,
  uses: readonly BackendUse[],
  faults: FaultFinder,
): void {
  const { key, name, declared, problems } = route;
  const own = problems.filter((problem) => !uses.some(({ field }) => isAbout(problem, field)));
  const fault = faults.ofProblems(declared, own);
  const { kind } = declared.object;
  const details = [...hostnameWords(declared.object), ...rulesWithoutBackends(declared.object), ...opaqueWords(route)];
  draft.node({ id: key, kind, name, details, declared: true, ...(fault && { fault }) });
}

function hostnameWords({ spec }: RouteObject): string[] {
  const hostnames = "hostnames" in spec ? (spec.hostnames ?? []) : [];
  const told = hostnames.slice(0, mostHostnames);
  const rest = hostnames.length - told.length;
  return rest > 0 ? [...told, `and ${rest} more`] : told;
}

/** The filters that only the controller of the class knows: no edge shows them. */
function opaqueWords(route: RouteAttachment): string[] {
  const [{ profile }] = route.readings;
  const rules = lowerRules(route, profile).map(({ rule }) => rule);
  return rules.flatMap(({ index, filters, backends }) => {
    const opaque = [...filters, ...backends.flatMap((backend) => backend.filters)].filter(isOpaqueFilter);
    return opaque.map((filter) => `rules[${index}] through ${opaqueName(filter)} (opaque)`);
  });
}

/** What answers in place of a backend: no edge shows it. */
function rulesWithoutBackends({ spec }: RouteObject): string[] {
  const rules: readonly {
    readonly backendRefs?: readonly unknown[];
    readonly filters?: readonly { readonly type: string }[];
  }[] = spec.rules ?? [];
  return rules.flatMap(({ backendRefs = [], filters = [] }, index) => {
    if (backendRefs.length > 0) return [];
    const redirects = filters.some(({ type }) => type === "RequestRedirect");
    // A filter of an implementation's own may answer; it is told by itself.
    if (!redirects && filters.some(({ type }) => type === "ExtensionRef")) return [];
    return [`rules[${index}] ${redirects ? "redirect" : "no backend"}`];
  });
}

/** From each listener that the route is attached to, or, if the handshake fails, from what refuses it. */
function addParentEdges(
  draft: TopologyDraft,
  { key, declared }: RouteAttachment,
  { parentRef, outcome, listeners, conditions, problems }: ParentAttachment,
  faults: FaultFinder,
): void {
  for (const { listener, assumedLabels } of listeners) {
    const fault = assumedLabels && assumptionFault(namespaceOf(declared.object), assumedLabels);
    draft.edge({ from: listenerId(listener.key), to: key, labels: [], ...(fault && { fault }) });
  }
  if (listeners.length > 0) return;
  const { group = gatewayApiGroup, kind = "Gateway", namespace = namespaceOf(declared.object), name } = parentRef;
  const place = `${namespace}/${name}`;
  const shown = group === gatewayApiGroup || group === "" ? kind : `${group}/${kind}`;
  const refused = conditions.find(({ type, status }) => type === "Accepted" && status !== "True");
  const [note] = problems;
  const fault: TopologyFault | undefined =
    outcome === "judged" && refused !== undefined
      ? faults.ofCondition(declared, refused, problems)
      : (faults.ofProblems(declared, problems) ?? (note && { state: "open", message: note.message }));
  const { sectionName } = parentRef;
  const section = sectionName === undefined ? undefined : namedListener(draft, shown, place, sectionName);
  const from = section ?? addParent(draft, shown, place);
  draft.edge({ from, to: key, labels: [], ...(fault && { fault }) });
}

function addBackendEdge(
  draft: TopologyDraft,
  attachment: Attachment,
  route: RouteAttachment,
  use: BackendUse,
  faults: FaultFinder,
): void {
  // Where controllers of several profiles answer for the route, the picture shows what the strictest of them says.
  const [reading] = route.readings;
  const resolved = reading.targets.get(use.field);
  const to = addBackend(draft, attachment, use.ref, namespaceOf(route.declared.object), resolved);
  const fault = ruleFault(route, use.rule, faults) ?? targetFault(route, use, resolved, faults);
  const labels = [`rules[${use.rule}] ${useWords(route.declared.object, use)}`];
  draft.edge({ from: route.key, to, labels, ...(fault && { fault }) });
}

/** A rule that is dropped sends nothing anywhere. */
function ruleFault(
  { declared, readings: [{ validRules }], problems }: RouteAttachment,
  rule: number,
  faults: FaultFinder,
): TopologyFault | undefined {
  if (validRules[rule] !== false) return undefined;
  const field = `spec.rules[${rule}]`;
  const own = problems.filter((problem) => problem.field === field || problem.field?.startsWith(`${field}.`));
  return faults.ofProblems(declared, own);
}

function targetFault(
  { declared, problems }: RouteAttachment,
  { field }: BackendUse,
  resolved: ResolvedTarget | undefined,
  faults: FaultFinder,
): TopologyFault | undefined {
  if (resolved === undefined || !("invalid" in resolved.target)) return undefined;
  const { invalid: reason, message } = resolved.target;
  const own = problems.filter((problem) => isAbout(problem, field));
  return faults.ofProblems(declared, own) ?? faults.ofCondition(declared, { reason, message }, []);
}

/** Whether a problem is that of the reference at this field. */
function isAbout({ field }: ConditionProblem, reference: string): boolean {
  if (field === undefined || !field.startsWith(reference)) return false;
  return ["", ".name", ".namespace", ".kind", ".port"].includes(field.slice(reference.length));
}

/** `90 %`, or `mirror 10 %`. */
function useWords(route: RouteObject, use: BackendUse): string {
  if (use.use === "mirror") {
    const { numerator, denominator } = mirrorShare(use.filter);
    return `mirror ${shareWords(numerator / denominator)}`;
  }
  const rules: readonly { readonly backendRefs?: readonly { readonly weight?: number | string }[] }[] =
    route.spec.rules ?? [];
  const weights = (rules[use.rule]?.backendRefs ?? []).map(({ weight = 1 }) => weight);
  // A text stands in the place of a late weight.
  if (!weights.every((weight) => typeof weight === "number")) return lateWords;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return shareWords(total === 0 ? 0 : (use.ref.weight ?? 1) / total);
}
