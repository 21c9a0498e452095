import { admitsNamespace, admitsRoute } from "../kinds/allowed-routes.ts";
import { type Labels, matchesSelector } from "../kinds/label-selector.ts";
import type { SelectingListener } from "./listeners.ts";

/** A Gateway of v1alpha1, whose listeners select routes. */
export interface SelectingGateway {
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly SelectingListener[];
}

/** The part of a route by which Gateways select it. */
export interface BindableRoute {
  readonly kind: string;
  readonly namespace: string;
  readonly labels?: Labels;
  readonly allow: AllowedGateways;
}

/** The Gateways that a route of v1alpha1 allows in `gateways`. Routes of later versions allow all Gateways. */
export type AllowedGateways =
  | { readonly from: "All" | "SameNamespace" }
  | { readonly from: "FromList"; readonly list: readonly { readonly namespace: string; readonly name: string }[] };

/**
 * A binding of a route to a Gateway: to the named listeners or, if undefined, to all listeners that admit the route.
 */
export interface Binding {
  readonly gateway: { readonly namespace: string; readonly name: string };
  readonly sectionNames?: readonly string[];
}

/** The listeners that select a route, and whether the route allows their Gateway. */
export interface Selected {
  readonly gateway: SelectingGateway;
  readonly listeners: readonly SelectingListener[];
  readonly allowed: boolean;
}

/**
 * Returns the Gateways whose listeners select the route by kind, namespace (`routes.namespaces`, by default the
 * Gateway's own) and labels. An absent or empty selector selects every route (v1alpha1 RouteBindingSelector).
 */
export function selectedBy(
  route: BindableRoute,
  gateways: readonly SelectingGateway[],
  labelsOfNamespace: (namespace: string) => Labels | undefined,
): Selected[] {
  const namespace = { name: route.namespace, ...defined(labelsOfNamespace(route.namespace)) };
  return gateways.flatMap((gateway) => {
    const listeners = gateway.listeners.filter(
      ({ kind, selector, admission }) =>
        kind === route.kind &&
        (selector === undefined || matchesSelector(selector, route.labels)) &&
        admitsNamespace(admission.allowedRoutes?.namespaces, namespace, gateway.namespace),
    );
    return listeners.length === 0 ? [] : [{ gateway, listeners, allowed: allows(route, gateway) }];
  });
}

/**
 * Returns a binding that has exactly the effect of this selection in the current API. If other listeners of the Gateway
 * would admit the route too, it names the selecting listeners.
 */
export function bindingOf(
  { gateway, listeners }: Selected,
  route: BindableRoute,
  labelsOfNamespace: (namespace: string) => Labels | undefined,
): Binding {
  const namespace = { name: route.namespace, ...defined(labelsOfNamespace(route.namespace)) };
  const admitting = gateway.listeners.filter(({ admission }) =>
    admitsRoute(admission, route.kind, namespace, gateway.namespace),
  );
  const every = admitting.every((listener) => listeners.includes(listener));
  const { namespace: own, name } = gateway;
  return {
    gateway: { namespace: own, name },
    ...(every ? {} : { sectionNames: listeners.map((listener) => listener.name) }),
  };
}

function allows(route: BindableRoute, gateway: SelectingGateway): boolean {
  const { allow } = route;
  switch (allow.from) {
    case "All":
      return true;
    case "SameNamespace":
      return gateway.namespace === route.namespace;
    case "FromList":
      return allow.list.some(({ namespace, name }) => namespace === gateway.namespace && name === gateway.name);
  }
}

function defined(labels: Labels | undefined): { readonly labels?: Labels } {
  return labels === undefined ? {} : { labels };
}
