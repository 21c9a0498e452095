import type { AnyObject } from "../declared/declared.ts";

/** The Gateway API's group since v1alpha2. */
export const gatewayGroup = "gateway.networking.k8s.io";

/** The Gateway API's group in v1alpha1, in 2020 and 2021. */
export const oldGatewayGroup = "networking.x-k8s.io";

/** The group of the Gateway API's experimental kinds. */
export const experimentalGroup = "gateway.networking.x-k8s.io";

/** The group of ServiceImport and ServiceExport (KEP-1645). */
export const multiClusterGroup = "multicluster.x-k8s.io";

/** The namespace of namespaced objects whose documents name none, as in kubectl without further configuration. */
export const defaultNamespace = "default";

/** A kind in the current release, and the versions that are converted to it. */
export interface CurrentKind {
  readonly apiVersion: string;
  readonly kind: string;
}

const v1 = (kind: string): CurrentKind => ({ apiVersion: `${gatewayGroup}/v1`, kind });

/** The current kind for each `group/version Kind` that the Gateway API has released. */
const successors: ReadonlyMap<string, CurrentKind> = new Map([
  ...released(
    oldGatewayGroup,
    ["v1alpha1"],
    ["GatewayClass", "Gateway", "HTTPRoute", "TLSRoute", "TCPRoute", "UDPRoute"],
  ),
  [`${oldGatewayGroup}/v1alpha1 BackendPolicy`, v1("BackendTLSPolicy")],
  ...released(gatewayGroup, ["v1alpha2", "v1beta1"], ["GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"]),
  ...released(gatewayGroup, ["v1alpha2"], ["GRPCRoute", "TCPRoute", "UDPRoute"]),
  ...released(gatewayGroup, ["v1alpha2", "v1alpha3"], ["TLSRoute", "BackendTLSPolicy"]),
  [`${gatewayGroup}/v1alpha2 ReferencePolicy`, v1("ReferenceGrant")],
  [`${experimentalGroup}/v1alpha1 XListenerSet`, v1("ListenerSet")],
]);

function released(group: string, versions: readonly string[], kinds: readonly string[]): [string, CurrentKind][] {
  return versions.flatMap((version) =>
    kinds.map((kind): [string, CurrentKind] => [`${group}/${version} ${kind}`, v1(kind)]),
  );
}

/** Returns the current kind of an older version, or undefined for current versions and for kinds of other APIs. */
export function successorOf(apiVersion: string, kind: string): CurrentKind | undefined {
  return successors.get(`${apiVersion} ${kind}`);
}

/** Returns the `successorOf` an object. It is undefined for a route of v1alpha2 that cannot be expressed in v1. */
export function currentFormOf(object: AnyObject): CurrentKind | undefined {
  return hasNoCurrentForm(object) ? undefined : successorOf(object.apiVersion, object.kind);
}

/** In v1alpha2, a TLSRoute may lack hostnames, and TLSRoutes, TCPRoutes and UDPRoutes may have several rules. */
function hasNoCurrentForm({ apiVersion, kind, spec }: AnyObject): boolean {
  if (apiVersion !== `${gatewayGroup}/v1alpha2` || !["TLSRoute", "TCPRoute", "UDPRoute"].includes(kind)) return false;
  const { hostnames, rules } = (spec ?? {}) as { readonly hostnames?: unknown; readonly rules?: unknown };
  return (kind === "TLSRoute" && lengthOf(hostnames) === 0) || lengthOf(rules) > 1;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

/** Returns true for v1alpha1, whose fields have other names. */
export function isFirstVocabulary(apiVersion: string): boolean {
  return apiVersion === `${oldGatewayGroup}/v1alpha1`;
}

/**
 * Returns the apiVersion of a document without one. In 2021, manifests of the Gateway API were often published without
 * it. Documents of other kinds must have it.
 */
export function versionOfUnversioned(kind: string): string | undefined {
  if (kind === "ServiceImport") return `${multiClusterGroup}/v1alpha1`;
  return isFirstKind(kind) ? `${oldGatewayGroup}/v1alpha1` : undefined;
}

function isFirstKind(kind: string): boolean {
  return successors.has(`${oldGatewayGroup}/v1alpha1 ${kind}`);
}

/** The group of an apiVersion, empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** Groups in which only the Gateway API defines kinds, so an unknown kind there is a mistake. */
export const closedGroups: readonly string[] = [gatewayGroup, oldGatewayGroup, experimentalGroup];
