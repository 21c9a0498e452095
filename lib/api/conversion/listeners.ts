import type { RouteAdmission } from "../kinds/allowed-routes.ts";
import type { LabelSelector } from "../kinds/label-selector.ts";
import { at, type Fields, isFields, isList, present } from "./fields.ts";
import { convertListenerHostname } from "./hostnames.ts";
import type { Ledger } from "./ledger.ts";
import { nameListeners } from "./listener-names.ts";
import { convertListenerTls } from "./listener-tls.ts";
import { gatewayGroup, oldGatewayGroup } from "./versions.ts";

/** A listener of v1alpha1, which selects its routes. See bind-routes.ts. */
export interface SelectingListener {
  readonly name: string;
  /** The path of the selection in the document, such as `spec.listeners[0].routes`. */
  readonly field: string;
  /** The part of the converted listener that decides which routes may attach. */
  readonly admission: RouteAdmission;
  readonly kind: string;
  /** The selector of routes. Absent if the listener selects all routes of the kind. */
  readonly selector?: LabelSelector;
}

/** The spec of a converted Gateway, and its listeners that select routes. */
export interface ConvertedGateway {
  readonly spec: Fields;
  readonly selecting: readonly SelectingListener[];
}

/** Converts a Gateway of v1alpha1: names its listeners, and converts `routes` and `tls.certificateRef`. */
export function convertGateway(spec: Fields, ledger: Ledger): ConvertedGateway {
  if (!isList(spec.listeners)) return { spec, selecting: [] };
  const names = nameListeners(spec.listeners);
  const selecting: SelectingListener[] = [];
  const listeners = spec.listeners.map((listener, index) => {
    if (!isFields(listener)) return listener;
    const field = `spec.listeners[${index}]`;
    const converted = convertListener({ name: names[index], ...listener }, field, ledger);
    const selection = selectionOf(listener.routes, names[index] ?? "", at(field, "routes"), converted);
    if (selection !== undefined) selecting.push(selection);
    else reportUnboundSelector(listener.routes, at(field, "routes"), ledger);
    return converted;
  });
  return { spec: { ...spec, listeners }, selecting };
}

function convertListener(listener: Fields, field: string, ledger: Ledger): Fields {
  const { hostname, tls, routes, allowedRoutes, ...rest } = listener;
  return present({
    ...rest,
    hostname: convertListenerHostname(hostname, at(field, "hostname"), ledger),
    tls: convertListenerTls(tls, rest.protocol, at(field, "tls"), ledger),
    allowedRoutes: isFields(routes) ? convertRoutes(routes, at(field, "routes"), allowedRoutes, ledger) : allowedRoutes,
    ...(routes === undefined || isFields(routes) ? {} : { routes }),
  });
}

/** Converts the kind and namespaces of a selection to allowedRoutes. bind-routes.ts evaluates the selector. */
function convertRoutes(routes: Fields, field: string, allowedRoutes: unknown, ledger: Ledger): unknown {
  const { group, kind, namespaces, selector, ...rest } = routes;
  for (const [key, value] of Object.entries(rest))
    ledger.malformed(at(field, key), value, "kind, group, selector, namespaces");
  if (selector !== undefined && !isFields(selector)) {
    ledger.malformed(at(field, "selector"), selector, "matchLabels, matchExpressions");
  }
  if (group === oldGatewayGroup || group === "") {
    ledger.settled(at(field, "group"), "Routes of the Gateway API are the default of allowedRoutes", { given: group });
  }
  const foreign = isGatewayApi(group) ? undefined : group;
  return {
    ...(isFields(allowedRoutes) ? allowedRoutes : {}),
    ...present({ namespaces, kinds: kind === undefined ? undefined : [present({ group: foreign, kind })] }),
  };
}

function selectionOf(routes: unknown, name: string, field: string, listener: Fields): SelectingListener | undefined {
  if (!isFields(routes) || typeof routes.kind !== "string" || !isGatewayApi(routes.group)) return undefined;
  const { selector } = routes;
  if (selector !== undefined && !isSelector(selector)) return undefined;
  const admission = admissionOf(listener);
  if (admission === undefined) return undefined;
  return { name, field, admission, kind: routes.kind, ...(selector === undefined ? {} : { selector }) };
}

/** Reports a selector of routes that are of another group or of no named kind, because they cannot be bound. */
function reportUnboundSelector(routes: unknown, field: string, ledger: Ledger): void {
  if (!isFields(routes) || !isFields(routes.selector)) return;
  ledger.lost(at(field, "selector"), "The selector chooses routes of a kind that cannot be given parentRefs here", {
    given: routes.selector,
    fix: "Name the Gateway in the parentRefs of the routes that the selector chose.",
  });
}

function isGatewayApi(group: unknown): boolean {
  return group === undefined || group === "" || group === oldGatewayGroup || group === gatewayGroup;
}

/** The listener's admission of routes. Undefined if the listener is invalid, which its schema reports. */
function admissionOf({ protocol, tls, allowedRoutes }: Fields): RouteAdmission | undefined {
  if (typeof protocol !== "string" || !isFields(allowedRoutes)) return undefined;
  const { namespaces, kinds } = allowedRoutes;
  const from = isFields(namespaces) && typeof namespaces.from === "string" ? namespaces.from : "Same";
  const selector = isFields(namespaces) && isSelector(namespaces.selector) ? namespaces.selector : undefined;
  const mode = isFields(tls) && typeof tls.mode === "string" ? { tls: { mode: tls.mode } } : {};
  return {
    protocol,
    ...mode,
    allowedRoutes: {
      namespaces: selector === undefined ? { from } : { from, selector },
      kinds: isList(kinds) ? kinds.filter(isGroupKind) : [],
    },
  };
}

function isGroupKind(value: unknown): value is { readonly group?: string; readonly kind: string } {
  return (
    isFields(value) && typeof value.kind === "string" && (value.group === undefined || typeof value.group === "string")
  );
}

function isSelector(value: unknown): value is LabelSelector {
  if (!isFields(value)) return false;
  const { matchLabels, matchExpressions } = value;
  return (
    (matchLabels === undefined || isFields(matchLabels)) &&
    (matchExpressions === undefined || (isList(matchExpressions) && matchExpressions.every(isRequirement)))
  );
}

function isRequirement(value: unknown): boolean {
  return isFields(value) && typeof value.key === "string" && (value.values === undefined || isList(value.values));
}
