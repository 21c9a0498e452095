import { admitsNamespace, admitsRoute } from "../kinds/allowed-routes.ts";
import { type Labels, matchesSelector } from "../kinds/label-selector.ts";
import type { SelectingListener } from "./listeners.ts";

/** A Gateway whose document is of v1alpha1, so that its listeners choose their routes. */
export interface SelectingGateway {
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly SelectingListener[];
}

/** What a route says about itself when Gateways look for routes. */
export interface BindableRoute {
  readonly kind: string;
  readonly namespace: string;
  readonly labels?: Labels;
  readonly allow: AllowedGateways;
}

/** `gateways` of a route of v1alpha1; a route of another version allows every Gateway. */
export type AllowedGateways =
  | { readonly from: "All" | "SameNamespace" }
  | { readonly from: "FromList"; readonly list: readonly { readonly namespace: string; readonly name: string }[] };

/** One Gateway that a route is bound to, through the listeners with these names; through all that admit it when undefined. */
export interface Binding {
  readonly gateway: { readonly namespace: string; readonly name: string };
  readonly sectionNames?: readonly string[];
}

/** The listeners that selected a route, and whether the route allows their Gateway. */
export interface Selected {
  readonly gateway: SelectingGateway;
  readonly listeners: readonly SelectingListener[];
  readonly allowed: boolean;
}

/**
 * The Gateways whose listeners select the route: by its kind, by its namespace (`routes.namespaces`, the Gateway's own
 * by default) and by its labels; an absent and an empty selector select every route (v1alpha1 RouteBindingSelector).
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
 * The binding that today's handshake turns into exactly this selection. When other listeners of the Gateway would admit
 * the route as well, the selecting ones are named.
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
