import { groupOf } from "../api/conversion/versions.ts";
import type { AnyObject, Declared, ObjectMeta } from "../api/declared/declared.ts";
import type {
  ApiObject,
  BackendTLSPolicy,
  ConfigMap,
  EndpointSlice,
  Gateway,
  GatewayClass,
  GatewayParameters,
  GRPCRoute,
  HTTPRoute,
  ListenerSet,
  Namespace,
  ReferenceGrant,
  Secret,
  Service,
  ServiceImport,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from "../api/index.ts";
import { type Extensions, extensionKey } from "../api/load/extension.ts";

/** A route of any of the five kinds. */
export type RouteObject = HTTPRoute | GRPCRoute | TLSRoute | TCPRoute | UDPRoute;

export type RouteKind = RouteObject["kind"];

/** Objects of one kind, keyed by `namespace/name`, or by name if cluster-scoped, in the order of the keys. */
export type ByName<T> = ReadonlyMap<string, Declared<T>>;

/** The objects that routing reads, keyed by name within each kind, so that following a reference costs one lookup. */
export interface RoutingObjects {
  readonly gatewayClasses: ByName<GatewayClass>;
  readonly gateways: ByName<Gateway>;
  readonly listenerSets: ByName<ListenerSet>;
  /** Keyed by `kind/namespace/name`, because routes of different kinds may have the same name. */
  readonly routes: ByName<RouteObject>;
  readonly referenceGrants: ByName<ReferenceGrant>;
  readonly backendTLSPolicies: ByName<BackendTLSPolicy>;
  readonly services: ByName<Service>;
  readonly serviceImports: ByName<ServiceImport>;
  readonly secrets: ByName<Secret>;
  readonly configMaps: ByName<ConfigMap>;
  readonly namespaces: ByName<Namespace>;
  readonly gatewayParameters: ByName<GatewayParameters>;
  /** Keyed by the `namespace/name` of the Service that they describe (label `kubernetes.io/service-name`). */
  readonly slicesOfService: ReadonlyMap<string, readonly EndpointSlice[]>;
  /** Keyed by the ServiceImport's `namespace/name` (label `multicluster.kubernetes.io/service-name`, KEP-1645). */
  readonly slicesOfServiceImport: ReadonlyMap<string, readonly EndpointSlice[]>;
  /** The `group/kind` of every filter that is registered for ExtensionRef. */
  readonly extensionKinds: ReadonlySet<string>;
  /** Objects of the `extensionKinds`, keyed by `group/kind/namespace/name`. */
  readonly extensions: ByName<AnyObject>;
  /** Objects of kinds that only other controllers know, keyed by `group/kind/namespace/name`. */
  readonly others: ByName<AnyObject>;
}

const noExtensions: Extensions<Declared> = { kinds: [], objects: [] };

/** Groups objects by kind and name. Ignores kinds that routing does not read. The last object of a name counts. */
export function routingObjects(
  objects: readonly Declared<ApiObject>[],
  extensions: Extensions<Declared> = noExtensions,
): RoutingObjects {
  const slices = only(objects, "EndpointSlice");
  return {
    gatewayClasses: byName(only(objects, "GatewayClass"), (object) => object.metadata.name),
    gateways: byName(only(objects, "Gateway")),
    listenerSets: byName(only(objects, "ListenerSet")),
    routes: byName<RouteObject>(
      [
        ...only(objects, "HTTPRoute"),
        ...only(objects, "GRPCRoute"),
        ...only(objects, "TLSRoute"),
        ...only(objects, "TCPRoute"),
        ...only(objects, "UDPRoute"),
      ],
      routeKey,
    ),
    referenceGrants: byName(only(objects, "ReferenceGrant")),
    backendTLSPolicies: byName(only(objects, "BackendTLSPolicy")),
    services: byName(only(objects, "Service")),
    serviceImports: byName(only(objects, "ServiceImport")),
    secrets: byName(only(objects, "Secret")),
    configMaps: byName(only(objects, "ConfigMap")),
    namespaces: byName(only(objects, "Namespace"), (object) => object.metadata.name),
    gatewayParameters: byName(only(objects, "GatewayParameters")),
    slicesOfService: byLabel(slices, "kubernetes.io/service-name"),
    slicesOfServiceImport: byLabel(slices, "multicluster.kubernetes.io/service-name"),
    extensionKinds: new Set(extensions.kinds.map(extensionKey)),
    extensions: byName(extensions.objects, extensionObjectKey),
    others: byName(extensions.others ?? [], extensionObjectKey),
  };
}

/** Returns `group/kind/namespace/name`. */
function extensionObjectKey(object: AnyObject): string {
  return `${groupOf(object.apiVersion)}/${object.kind}/${keyOf(object)}`;
}

/** Returns the namespace of a namespaced object. The default is `default`, as with `kubectl`. */
export function namespaceOf(object: { readonly metadata: ObjectMeta }): string {
  return object.metadata.namespace ?? "default";
}

/** Returns `namespace/name`. */
export function keyOf(object: { readonly metadata: ObjectMeta }): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}

/** Returns `kind/namespace/name`. */
export function routeKey(route: { readonly kind: string; readonly metadata: ObjectMeta }): string {
  return `${route.kind}/${keyOf(route)}`;
}

/**
 * Compares objects by the API's order among equals (GEP-713 and the documentation of routes): the oldest first, then by
 * `namespace/name`. An object without a creation time is not in a cluster yet and counts as the youngest.
 */
export function byAge(a: { readonly metadata: ObjectMeta }, b: { readonly metadata: ObjectMeta }): number {
  return createdAt(a) - createdAt(b) || compareText(keyOf(a), keyOf(b));
}

/** Compares texts by code units, which gives the same order on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the creation time in milliseconds since 1970. Without one, returns a number larger than every time. */
export function createdAt(object: { readonly metadata: ObjectMeta }): number {
  const time = Date.parse(object.metadata.creationTimestamp ?? "");
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}

function only<K extends ApiObject["kind"]>(
  objects: readonly Declared<ApiObject>[],
  kind: K,
): Declared<Extract<ApiObject, { readonly kind: K }>>[] {
  return objects.filter(
    (declared): declared is Declared<Extract<ApiObject, { readonly kind: K }>> => declared.object.kind === kind,
  );
}

function byName<T extends { readonly metadata: ObjectMeta }>(
  objects: readonly Declared<T>[],
  key: (object: T) => string = keyOf,
): ByName<T> {
  const found = new Map(objects.map((declared) => [key(declared.object), declared]));
  return new Map([...found].sort(([a], [b]) => compareText(a, b)));
}

function byLabel(slices: readonly Declared<EndpointSlice>[], label: string): ReadonlyMap<string, EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  for (const { object } of slices) {
    const name = object.metadata.labels?.[label];
    if (name === undefined) continue;
    const key = `${namespaceOf(object)}/${name}`;
    const list = found.get(key);
    if (list === undefined) found.set(key, [object]);
    else list.push(object);
  }
  for (const list of found.values()) list.sort((a, b) => compareText(keyOf(a), keyOf(b)));
  return found;
}
