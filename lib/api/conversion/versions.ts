import type { AnyObject } from "../declared/declared.ts";

/** The group of the Gateway API since v1alpha2. */
export const gatewayGroup = "gateway.networking.k8s.io";

/** The group of v1alpha1, in 2020 and 2021. */
export const oldGatewayGroup = "networking.x-k8s.io";

/** The group of kinds that the Gateway API tries out. */
export const experimentalGroup = "gateway.networking.x-k8s.io";

/** The group of ServiceImport and ServiceExport (KEP-1645). */
export const multiClusterGroup = "multicluster.x-k8s.io";

/** Where an object of a namespaced kind is whose document names no namespace, as kubectl has it without further configuration. */
export const defaultNamespace = "default";

/** A kind as today's release has it, and the versions whose documents are converted to it. */
export interface CurrentKind {
  readonly apiVersion: string;
  readonly kind: string;
}

const v1 = (kind: string): CurrentKind => ({ apiVersion: `${gatewayGroup}/v1`, kind });

/** By `group/version Kind` of every released version of the Gateway API: what the kind is called today. */
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

/** What a document of an older version is today; undefined when it is of today's version, or no kind of the Gateway API. */
export function successorOf(apiVersion: string, kind: string): CurrentKind | undefined {
  return successors.get(`${apiVersion} ${kind}`);
}

/**
 * As `successorOf`, for one object: undefined also for a route of v1alpha2 that uses what v1 does not have, and so stays
 * what it is.
 */
export function currentFormOf(object: AnyObject): CurrentKind | undefined {
  return hasNoCurrentForm(object) ? undefined : successorOf(object.apiVersion, object.kind);
}

/** A TLSRoute of v1alpha2 may do without hostnames, and routes below HTTP may have several rules; v1 has one. */
function hasNoCurrentForm({ apiVersion, kind, spec }: AnyObject): boolean {
  if (apiVersion !== `${gatewayGroup}/v1alpha2` || !["TLSRoute", "TCPRoute", "UDPRoute"].includes(kind)) return false;
  const { hostnames, rules } = (spec ?? {}) as { readonly hostnames?: unknown; readonly rules?: unknown };
  return (kind === "TLSRoute" && lengthOf(hostnames) === 0) || lengthOf(rules) > 1;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

/** Whether the document uses the vocabulary of 2021. */
export function isFirstVocabulary(apiVersion: string): boolean {
  return apiVersion === `${oldGatewayGroup}/v1alpha1`;
}

/**
 * The apiVersion of a document that has none. In 2021 manifests of the Gateway API were often printed without; any other
 * kind must say what it is.
 */
export function versionOfUnversioned(kind: string): string | undefined {
  if (kind === "ServiceImport") return `${multiClusterGroup}/v1alpha1`;
  return isFirstKind(kind) ? `${oldGatewayGroup}/v1alpha1` : undefined;
}

function isFirstKind(kind: string): boolean {
  return successors.has(`${oldGatewayGroup}/v1alpha1 ${kind}`);
}

/** The group of an apiVersion; the core group is the empty string. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** Groups in which the Gateway API alone defines kinds, so that an unknown one there is a mistake. */
export const closedGroups: readonly string[] = [gatewayGroup, oldGatewayGroup, experimentalGroup];
