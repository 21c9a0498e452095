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

/** Objects of one kind: by `namespace/name`, by name when they are cluster-scoped, in the order of these keys. */
export type ByName<T> = ReadonlyMap<string, Declared<T>>;

/** What routing reads, each kind by name, so that following a reference costs one look-up. */
export interface RoutingObjects {
  readonly gatewayClasses: ByName<GatewayClass>;
  readonly gateways: ByName<Gateway>;
  readonly listenerSets: ByName<ListenerSet>;
  /** By `kind/namespace/name`: routes of different kinds may have the same name. */
  readonly routes: ByName<RouteObject>;
  readonly referenceGrants: ByName<ReferenceGrant>;
  readonly backendTLSPolicies: ByName<BackendTLSPolicy>;
  readonly services: ByName<Service>;
  readonly serviceImports: ByName<ServiceImport>;
  readonly secrets: ByName<Secret>;
  readonly configMaps: ByName<ConfigMap>;
  readonly namespaces: ByName<Namespace>;
  readonly gatewayParameters: ByName<GatewayParameters>;
  /** By the `namespace/name` of the Service they describe (label `kubernetes.io/service-name`). */
  readonly slicesOfService: ReadonlyMap<string, readonly EndpointSlice[]>;
  /** By the `namespace/name` of the ServiceImport (label `multicluster.kubernetes.io/service-name`, KEP-1645). */
  readonly slicesOfServiceImport: ReadonlyMap<string, readonly EndpointSlice[]>;
  /** `group/kind` of every filter that is registered for ExtensionRef. */
  readonly extensionKinds: ReadonlySet<string>;
  /** Objects of these kinds, by `group/kind/namespace/name`. */
  readonly extensions: ByName<AnyObject>;
  /** Objects of kinds that only other controllers know, by `group/kind/namespace/name`. */
  readonly others: ByName<AnyObject>;
}

const noExtensions: Extensions<Declared> = { kinds: [], objects: [] };

/** Sorts objects by kind and name. Kinds that routing does not read are left out; of two with one name the last counts. */
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

/** `group/kind/namespace/name`. */
function extensionObjectKey(object: AnyObject): string {
  return `${groupOf(object.apiVersion)}/${object.kind}/${keyOf(object)}`;
}

/** The namespace of a namespaced object; as with `kubectl`, one that names none is in `default`. */
export function namespaceOf(object: { readonly metadata: ObjectMeta }): string {
  return object.metadata.namespace ?? "default";
}

/** `namespace/name`. */
export function keyOf(object: { readonly metadata: ObjectMeta }): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}

/** `kind/namespace/name`. */
export function routeKey(route: { readonly kind: string; readonly metadata: ObjectMeta }): string {
  return `${route.kind}/${keyOf(route)}`;
}

/**
 * The API's order among equals (GEP-713 and the routes' own documentation): the oldest first, then by
 * `namespace/name`. An object without a creation time is not in a cluster yet and so is the youngest.
 */
export function byAge(a: { readonly metadata: ObjectMeta }, b: { readonly metadata: ObjectMeta }): number {
  return createdAt(a) - createdAt(b) || compareText(keyOf(a), keyOf(b));
}

/** Code unit order: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Milliseconds since 1970; beyond all times for an object without a creation time. */
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
