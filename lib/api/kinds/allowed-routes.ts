import { type LabelSelector, type Labels, matchesSelector, mayMatchSelector, selectorText } from "./label-selector.ts";

const gatewayApiGroup = "gateway.networking.k8s.io";

/** A kind of route, as `listeners[].allowedRoutes.kinds` and `supportedKinds` name it. */
export interface RouteGroupKind {
  /** `gateway.networking.k8s.io` when absent. */
  readonly group?: string;
  readonly kind: string;
}

/** `RouteNamespaces` and `ListenerNamespaces`: which namespaces may attach. */
export interface AllowedNamespaces {
  /** `All`, `Same`, `Selector` or `None`. */
  readonly from?: string;
  /** Read only when `from` is `Selector`. */
  readonly selector?: LabelSelector;
}

/** The namespace that asks to attach. */
export interface NamespaceWithLabels {
  readonly name: string;
  /**
   * Its labels; the API server adds `kubernetes.io/metadata.name` to those of every namespace. Absent: nothing else is
   * known of it, since no source declares it, and it is taken to have the labels that a selector asks for.
   */
  readonly labels?: Labels;
}

/** The part of a listener that says which routes may attach. */
export interface RouteAdmission {
  readonly protocol: string;
  readonly tls?: { readonly mode?: string };
  readonly allowedRoutes?: {
    readonly namespaces?: AllowedNamespaces;
    readonly kinds?: readonly RouteGroupKind[];
  };
}

/**
 * Whether `namespace` is among those that `allowed` admits, seen from an object in `own`. `fallback` is what an absent
 * `from` means: `Same` for the routes of a listener, `None` for the ListenerSets of a Gateway.
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
 * The kinds of route that this listener's protocol can carry, in the standard's order. A TLS listener that terminates
 * carries TLSRoutes and TCPRoutes, one that passes through TLSRoutes only (GEP-2643). An unknown protocol carries none.
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
 * What `allowedRoutes.kinds` comes to: `supported`, the kinds of route that can attach, which is every kind of the
 * protocol when none is listed, and `invalid`, the places in the list that the protocol cannot carry or that are no
 * routes of the Gateway API (listener condition ResolvedRefs, reason InvalidRouteKinds).
 *
 * @param unknown `opaque`: kinds of other groups are those of a controller of which nothing is known here; their places
 * are `opaque`, and a protocol that is not of the API carries every kind of route. `refused`: they are `invalid`.
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

/** Whether a listener in namespace `own` admits a route of this kind (of the Gateway API's group) from `namespace`. */
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
 * What a selector asks of the labels of a namespace besides `kubernetes.io/metadata.name`, in the notation of kubectl.
 * Undefined when it asks for nothing else, or when the labels do not matter.
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

/** The label that the API server sets on every namespace. */
const nameLabel = "kubernetes.io/metadata.name";

function selects(selector: LabelSelector | undefined, { name, labels }: NamespaceWithLabels): boolean {
  if (labels === undefined) return mayMatchSelector(selector, { [nameLabel]: name });
  return matchesSelector(selector, { ...labels, [nameLabel]: name });
}
