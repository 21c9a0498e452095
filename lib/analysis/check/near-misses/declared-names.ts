import { closest } from "../../../api/schema/spelling.ts";
import type { ByName, RoutingObjects } from "../../../routing/objects.ts";
import type { Reference } from "./reference.ts";

/** An object that is declared. */
export interface DeclaredName {
  readonly kind: string;
  /** Absent for a cluster-scoped kind. */
  readonly namespace?: string;
  readonly name: string;
}

/** The names of the declared objects by kind, each with the namespaces where it is declared. */
export type DeclaredNames = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export function declaredNames(objects: RoutingObjects): DeclaredNames {
  return new Map([
    ["GatewayClass", withoutNamespaces(objects.gatewayClasses)],
    ["Gateway", byName(objects.gateways)],
    ["ListenerSet", byName(objects.listenerSets)],
    ["Service", byName(objects.services)],
    ["ServiceImport", byName(objects.serviceImports)],
    ["Secret", byName(objects.secrets)],
    ["ConfigMap", byName(objects.configMaps)],
    ["GatewayParameters", byName(objects.gatewayParameters)],
    ...extensionNames(objects),
  ]);
}

/** Returns true if the object that a reference names is declared. */
export function isDeclared(names: DeclaredNames, { kind, namespace = "", name, isOtherGroup }: Reference): boolean {
  return !isOtherGroup && namespacesOf(names, kind, name).includes(namespace);
}

/** The part of an unresolved reference that differs from a declared object. */
export type Slip = "namespace" | "name" | "kind" | "group" | "kind and namespace";

/** The declared object that a reference most likely means. */
export interface NearMiss {
  readonly slip: Slip;
  readonly object: DeclaredName;
  /** Other objects that differ from the reference in the same part. */
  readonly others: readonly DeclaredName[];
}

/**
 * Finds the declared object that a reference most likely means. It differs in the namespace, in the kind or group, in a
 * letter of the name, or in kind and namespace. The result is undefined if no object is near.
 */
export function nearestOf(names: DeclaredNames, reference: Reference): NearMiss | undefined {
  const { kind, kinds, name, namespace = "", isOtherGroup } = reference;
  if (isOtherGroup) return nearMiss("group", [kind], name, namespacesOf(names, kind, name), namespace);
  const elsewhere = namespacesOf(names, kind, name);
  if (kinds.includes(kind) && elsewhere.length > 0) return nearMiss("namespace", [kind], name, elsewhere);
  const otherKinds = kinds.filter((one) => one !== kind);
  const here = otherKinds.filter((one) => namespacesOf(names, one, name).includes(namespace));
  if (here.length > 0) return nearMiss("kind", here, name, [namespace]);
  const similar = similarName(names.get(kind), name, namespace);
  if (similar !== undefined) return nearMiss("name", [kind], similar, [namespace]);
  const anywhere = otherKinds.filter((one) => namespacesOf(names, one, name).length > 0);
  const [first] = anywhere;
  if (first === undefined) return undefined;
  return nearMiss("kind and namespace", [first], name, namespacesOf(names, first, name));
}

function nearMiss(
  slip: Slip,
  kinds: readonly string[],
  name: string,
  namespaces: readonly string[],
  namespace?: string,
): NearMiss | undefined {
  const chosen = namespace === undefined ? namespaces : namespaces.filter((one) => one === namespace);
  const [object, ...others] = kinds.flatMap((kind) =>
    chosen.map((own): DeclaredName => ({ kind, name, ...(own !== "" && { namespace: own }) })),
  );
  return object && { slip, object, others };
}

/** Names that differ only in numbers, such as `store-v1` and `store-v2`, are distinct on purpose and never near. */
function similarName(
  names: ReadonlyMap<string, readonly string[]> | undefined,
  name: string,
  namespace: string,
): string | undefined {
  const digits = /\d+/g;
  const candidates = [...(names ?? [])].flatMap(([candidate, namespaces]) =>
    namespaces.includes(namespace) &&
    candidate !== name &&
    Math.abs(candidate.length - name.length) <= Math.max(1, candidate.length / 4) &&
    candidate.replace(digits, "0") !== name.replace(digits, "0")
      ? [candidate]
      : [],
  );
  return closest(name, candidates);
}

function namespacesOf(names: DeclaredNames, kind: string, name: string): readonly string[] {
  return names.get(kind)?.get(name) ?? [];
}

function byName(objects: ByName<unknown>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const key of objects.keys()) {
    const slash = key.indexOf("/");
    const name = key.slice(slash + 1);
    const namespaces = found.get(name);
    if (namespaces === undefined) found.set(name, [key.slice(0, slash)]);
    else namespaces.push(key.slice(0, slash));
  }
  return found;
}

function withoutNamespaces(objects: ByName<unknown>): ReadonlyMap<string, readonly string[]> {
  return new Map([...objects.keys()].map((name) => [name, [""]]));
}

/** The keys of filter extension objects have the form `group/kind/namespace/name`. */
function extensionNames({ extensionKinds, extensions }: RoutingObjects): DeclaredNames {
  return new Map(
    [...extensionKinds].map((kind) => {
      const own = [...extensions].filter(([key]) => key.startsWith(`${kind}/`));
      return [kind, byName(new Map(own.map(([key, object]) => [key.slice(kind.length + 1), object])))];
    }),
  );
}
