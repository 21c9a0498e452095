import type { Late } from "../api/declared/late.ts";
import type { ParentReference } from "../api/index.ts";
import { admitsRoute, type RouteAdmission } from "../api/kinds/allowed-routes.ts";
import { type LabelSelector, matchesSelector } from "../api/kinds/label-selector.ts";
import { findHost, type IManifest } from "../constructs/host.ts";
import { knownNow } from "../constructs/known-now.ts";

/** The arguments of a call of `selectRoutes`. Plain data, because routes of another copy of this package read it. */
export interface RouteSelection {
  readonly gateway: IManifest & { readonly parentRef: ParentReference };
  readonly listeners: readonly RouteAdmission[];
  readonly selector: LabelSelector;
}

/** The property of a tree's root that holds its selections, in the order of the calls. */
const SELECTIONS = Symbol.for("gatewright.RouteSelections");

/** Binds the routes that `selector` selects in the Gateway's tree to the Gateway, if its listeners admit them. */
export function selectRoutes(
  gateway: RouteSelection["gateway"],
  listeners: readonly RouteAdmission[],
  selector: LabelSelector,
): void {
  const root = gateway.node.root as { [SELECTIONS]?: RouteSelection[] };
  if (root[SELECTIONS] === undefined) Object.defineProperty(root, SELECTIONS, { value: [] });
  // JavaScript may pass something other than a list; the schema check reports it.
  root[SELECTIONS]?.push({ gateway, listeners: Array.isArray(listeners) ? listeners : [], selector });
}

/** Returns the Gateways that select `route` by its labels, each once, and whether a listener admits the route. */
export function selectionsOf(
  route: IManifest,
): readonly { readonly gateway: RouteSelection["gateway"]; readonly admitted: boolean }[] {
  const selections = (route.node.root as { [SELECTIONS]?: readonly RouteSelection[] })[SELECTIONS] ?? [];
  const selecting = selections.filter(({ selector }) => matchesSelector(selector, route.labels));
  const gateways = new Map(selecting.map((selection) => [selection.gateway, selection]));
  return [...gateways.values()].map(({ gateway, listeners }) => ({
    gateway,
    admitted: admits(gateway, listeners, route),
  }));
}

function admits(gateway: IManifest, listeners: readonly RouteAdmission[], route: IManifest): boolean {
  const own = namespaceName(gateway.namespace) ?? "(the Gateway's)";
  const name = gateway.namespace === route.namespace ? own : (namespaceName(route.namespace) ?? "(the route's)");
  // The labels are looked up only if a selector reads them, because the host may have to search for them.
  const selects = listeners.some(({ allowedRoutes }) => allowedRoutes?.namespaces?.from === "Selector");
  const labels = selects ? findHost(route)?.namespaceLabels?.(name) : undefined;
  return listeners.some((listener) =>
    admitsRoute(listener, route.kind, labels === undefined ? { name } : { name, labels }, own),
  );
}

/** Returns the name of a namespace, with the default `default`. Undefined if the name is not known yet. */
function namespaceName(namespace: Late<string> | undefined): string | undefined {
  const name = namespace === undefined ? "default" : knownNow(namespace);
  return typeof name === "string" ? name : undefined;
}
