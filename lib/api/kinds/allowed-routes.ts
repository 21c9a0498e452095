import { type LabelSelector, type Labels, matchesSelector, mayMatchSelector, selectorText } from "./label-selector.ts";

const gatewayApiGroup = "gateway.networking.k8s.io";

/** A kind of route in `listeners[].allowedRoutes.kinds` or `supportedKinds`. */
export interface RouteGroupKind {
  /** The API group. Default: `gateway.networking.k8s.io`. */
  readonly group?: string;
  readonly kind: string;
}

/** The namespaces that may attach: `RouteNamespaces` or `ListenerNamespaces`. */
export interface AllowedNamespaces {
  /** `All`, `Same`, `Selector` or `None`. */
  readonly from?: string;
  /** The selector of namespaces. Read only if `from` is `Selector`. */
  readonly selector?: LabelSelector;
}

/** The namespace of an object that asks to attach. */
export interface NamespaceWithLabels {
  readonly name: string;
  /**
   * The namespace's labels, to which the API server adds `kubernetes.io/metadata.name`. Absent if no source declares
   * the Namespace: it then counts as having every label that a selector asks for.
   */
  readonly labels?: Labels;
}

/** The part of a listener that decides which routes may attach. */
export interface RouteAdmission {
  readonly protocol: string;
  readonly tls?: { readonly mode?: string };
  readonly allowedRoutes?: {
    readonly namespaces?: AllowedNamespaces;
    readonly kinds?: readonly RouteGroupKind[];
  };
}

/**
 * Returns true if `allowed` admits `namespace`, where `own` is the namespace of the object with `allowed`. `fallback`
 * is the default of `from`: `Same` for routes of a listener, `None` for ListenerSets of a Gateway.
 */
export function admitsNamespace(
  allowed: AllowedNamespaces | undefined,
  namespace: NamespaceWithLabels,
  own: string,
  fallback: "Same" | "None" = "Same",
): boolean {
  switch (allowed?.from ?? fallback) {
    case "All":
      return true;
    case "Same":
      return namespace.name === own;
    case "Selector":
      return selects(allowed?.selector, namespace);
    default:
      return false;
  }
}

/**
 * The kinds of route that the listener's protocol supports, in the API's order. A TLS listener in mode Terminate
 * supports TLSRoutes and TCPRoutes; in mode Passthrough, TLSRoutes only (GEP-2643). An unknown protocol supports none.
 */
export function kindsOfProtocol(listener: RouteAdmission): readonly string[] {
  switch (listener.protocol) {
    case "HTTP":
    case "HTTPS":
      return ["HTTPRoute", "GRPCRoute"];
    case "TLS":
      return listener.tls?.mode === "Passthrough" ? ["TLSRoute"] : ["TLSRoute", "TCPRoute"];
    case "TCP":
      return ["TCPRoute"];
    case "UDP":
      return ["UDPRoute"];
    default:
      return [];
  }
}

/**
 * Evaluates `allowedRoutes.kinds`. `supported` lists the kinds of route that can attach; if the field names none, these
 * are all kinds that the protocol supports. `invalid` lists the indices of kinds that the protocol does not support or
 * that are not routes of the Gateway API (listener condition ResolvedRefs, reason InvalidRouteKinds).
 *
 * @param unknown the treatment of kinds in other groups. `opaque`: another controller may know them; their indices are
 * in `opaque`, and a protocol outside the API supports every kind of route. `refused`: their indices are in `invalid`.
 */
export function routeKinds(
  listener: RouteAdmission,
  unknown: "refused" | "opaque" = "refused",
): {
  readonly supported: readonly string[];
  readonly invalid: readonly number[];
  readonly opaque: readonly number[];
} {
  const ofProtocol = kindsOfProtocol(listener);
  const carried = unknown === "opaque" && ofProtocol.length === 0 ? allKinds : ofProtocol;
  const listed = listener.allowedRoutes?.kinds ?? [];
  if (listed.length === 0) return { supported: carried, invalid: [], opaque: [] };
  const isOfApi = ({ group = gatewayApiGroup }: RouteGroupKind): boolean => group === gatewayApiGroup;
  const isOpaque = (entry: RouteGroupKind): boolean => unknown === "opaque" && !isOfApi(entry);
  const isCarried = (entry: RouteGroupKind): boolean => isOfApi(entry) && carried.includes(entry.kind);
  const places = (wanted: (entry: RouteGroupKind) => boolean) =>
    listed.flatMap((entry, index) => (wanted(entry) ? [index] : []));
  return {
    supported: [...new Set(listed.filter(isCarried).map((entry) => entry.kind))],
    invalid: places((entry) => !isCarried(entry) && !isOpaque(entry)),
    opaque: places(isOpaque),
  };
}

const allKinds = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/** Returns true if a listener in namespace `own` admits the Gateway API's route kind `kind` from `namespace`. */
export function admitsRoute(
  listener: RouteAdmission,
  kind: string,
  namespace: NamespaceWithLabels,
  own: string,
): boolean {
  return (
    routeKinds(listener).supported.includes(kind) && admitsNamespace(listener.allowedRoutes?.namespaces, namespace, own)
  );
}

/**
 * The requirements of a selector other than `kubernetes.io/metadata.name`, in kubectl's notation. Undefined if there
 * are none, or if labels are not considered.
 */
export function labelsAskedFor({ from, selector }: AllowedNamespaces = {}): string | undefined {
  if (from !== "Selector") return undefined;
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const text = selectorText({
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => key !== nameLabel)),
    matchExpressions: matchExpressions.filter(({ key }) => key !== nameLabel),
  });
  return text === "" ? undefined : text;
}

/** The label that the API server sets on every Namespace to its name. */
const nameLabel = "kubernetes.io/metadata.name";

function selects(selector: LabelSelector | undefined, { name, labels }: NamespaceWithLabels): boolean {
  if (labels === undefined) return mayMatchSelector(selector, { [nameLabel]: name });
  return matchesSelector(selector, { ...labels, [nameLabel]: name });
}
