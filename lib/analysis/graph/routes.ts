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

/** A reference to a backend that serves or mirrors requests. */
type BackendUse = Extract<RouteReference, { readonly use: "backend" | "mirror" }>;

/** The number of hostnames that a route's node shows at most. */
const mostHostnames = 3;

/** Adds routes, with edges from the listeners that they are attached to and edges to the backends that they name. */
export function addRoutes(draft: TopologyDraft, attachment: Attachment, faults: FaultFinder): void {
  for (const route of attachment.routes.values()) {
    const uses = referencesOf(route.declared.object).filter((reference) => reference.use !== "extension");
    addRoute(draft, route, uses, faults);
    for (const parent of route.parents) addParentEdges(draft, route, parent, faults);
    for (const use of uses) addBackendEdge(draft, attachment, route, use, faults);
  }
}

/** Adds the route's node. Its fault covers the problems that concern no parent and no backend. */
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

/** Names the filters that only the class's controller knows, because no edge shows them. */
function opaqueWords(route: RouteAttachment): string[] {
  const [{ profile }] = route.readings;
  const rules = lowerRules(route, profile).map(({ rule }) => rule);
  return rules.flatMap(({ index, filters, backends }) => {
    const opaque = [...filters, ...backends.flatMap((backend) => backend.filters)].filter(isOpaqueFilter);
    return opaque.map((filter) => `rules[${index}] through ${opaqueName(filter)} (opaque)`);
  });
}

/** Names the rules that a redirect or an error answers instead of a backend, because no edge shows them. */
function rulesWithoutBackends({ spec }: RouteObject): string[] {
  const rules: readonly {
    readonly backendRefs?: readonly unknown[];
    readonly filters?: readonly { readonly type: string }[];
  }[] = spec.rules ?? [];
  return rules.flatMap(({ backendRefs = [], filters = [] }, index) => {
    if (backendRefs.length > 0) return [];
    const redirects = filters.some(({ type }) => type === "RequestRedirect");
    // An extension filter may answer the request. `opaqueWords` names it.
    if (!redirects && filters.some(({ type }) => type === "ExtensionRef")) return [];
    return [`rules[${index}] ${redirects ? "redirect" : "no backend"}`];
  });
}

/** Adds an edge from each listener that the route is attached to; if attachment fails, from the parent that refuses. */
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
  // If controllers with several profiles serve the route, the picture shows the reading of the strictest one.
  const [reading] = route.readings;
  const resolved = reading.targets.get(use.field);
  const to = addBackend(draft, attachment, use.ref, namespaceOf(route.declared.object), resolved);
  const fault = ruleFault(route, use.rule, faults) ?? targetFault(route, use, resolved, faults);
  const labels = [`rules[${use.rule}] ${useWords(route.declared.object, use)}`];
  draft.edge({ from: route.key, to, labels, ...(fault && { fault }) });
}

/** A dropped rule forwards no requests, so all its edges to backends have this fault. */
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

/** Returns true if a problem concerns the reference at this field path. */
function isAbout({ field }: ConditionProblem, reference: string): boolean {
  if (field === undefined || !field.startsWith(reference)) return false;
  return ["", ".name", ".namespace", ".kind", ".port"].includes(field.slice(reference.length));
}

/** The share of requests in words, such as `90 %` or `mirror 10 %`. */
function useWords(route: RouteObject, use: BackendUse): string {
  if (use.use === "mirror") {
    const { numerator, denominator } = mirrorShare(use.filter);
    return `mirror ${shareWords(numerator / denominator)}`;
  }
  const rules: readonly { readonly backendRefs?: readonly { readonly weight?: number | string }[] }[] =
    route.spec.rules ?? [];
  const weights = (rules[use.rule]?.backendRefs ?? []).map(({ weight = 1 }) => weight);
  // A late weight is represented by a placeholder text.
  if (!weights.every((weight) => typeof weight === "number")) return lateWords;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return shareWords(total === 0 ? 0 : (use.ref.weight ?? 1) / total);
}
