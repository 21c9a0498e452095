import type { Late } from "../api/declared/late.ts";
import type { ParentReference } from "../api/index.ts";
import { admitsRoute, type RouteAdmission } from "../api/kinds/allowed-routes.ts";
import { type LabelSelector, matchesSelector } from "../api/kinds/label-selector.ts";
import { findHost, type IManifest } from "../constructs/host.ts";
import { knownNow } from "../constructs/known-now.ts";

/** What one call of `selectRoutes` asks for. Plain data: it is read by routes of another copy of this package as well. */
export interface RouteSelection {
  readonly gateway: IManifest & { readonly parentRef: ParentReference };
  readonly listeners: readonly RouteAdmission[];
  readonly selector: LabelSelector;
}

/** The selections of a tree are kept at its root, in the order in which they were made. */
const SELECTIONS = Symbol.for("gatewright.RouteSelections");

/** From now on the routes of the gateway's tree that `selector` selects are bound to it, if its listeners admit them. */
export function selectRoutes(
  gateway: RouteSelection["gateway"],
  listeners: readonly RouteAdmission[],
  selector: LabelSelector,
): void {
  const root = gateway.node.root as { [SELECTIONS]?: RouteSelection[] };
  if (root[SELECTIONS] === undefined) Object.defineProperty(root, SELECTIONS, { value: [] });
  // In JavaScript there may be no list; the schema check reports that.
  root[SELECTIONS]?.push({ gateway, listeners: Array.isArray(listeners) ? listeners : [], selector });
}

/** The Gateways that select `route` by its labels, each once, and whether one of their listeners admits it. */
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
  // Only a selector reads them, and a host may have to look for them.
  const selects = listeners.some(({ allowedRoutes }) => allowedRoutes?.namespaces?.from === "Selector");
  const labels = selects ? findHost(route)?.namespaceLabels?.(name) : undefined;
  return listeners.some((listener) =>
    admitsRoute(listener, route.kind, labels === undefined ? { name } : { name, labels }, own),
  );
}

/** An object without namespace is in `default`, as everywhere in this package. Undefined: not known yet. */
function namespaceName(namespace: Late<string> | undefined): string | undefined {
  const name = namespace === undefined ? "default" : knownNow(namespace);
  return typeof name === "string" ? name : undefined;
}
